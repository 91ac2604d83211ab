package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code status}: what the running agent says of itself, for a person or as the JSON of {@code /status}. */
final class StatusVerb implements Verb {

    @Override
    public CommandSpec spec() {
        var spec = CommandSpec.create();
        spec.usageMessage()
                .description("Shows the state of the running agent: node, peers, listeners, connections.")
                .footer("", "Examples:", "  tailnet-agent status", "  tailnet-agent status --json");
        spec.addOption(Switches.of("The JSON of the status endpoint as it is", Switches.JSON));
        RunningAgentFlags.addTo(spec);
        return spec;
    }

    @Override
    public ExitCode execute(ParseResult arguments) {
        try {
            var body = RunningAgentFlags.client(arguments).get("/status");
            if (arguments.hasMatchedOption(Switches.JSON)) {
                System.out.println(body.stripTrailing());
            } else {
                System.out.print(StatusText.print(Json.parse(body)));
            }
            return ExitCode.OK;
        } catch (ControlException e) {
            System.err.println(Program.NAME + ": " + e.getMessage());
            return ExitCode.NO_AGENT;
        }
    }
}
