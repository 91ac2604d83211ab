package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code status}: what the running agent says of itself, for a person or as the JSON of {@code /status}. */
final class StatusVerb implements Verb {
    private static final String PEERS = "--peers";
    private static final String ACTIVE = "--active";
    private static final String VERBOSE = "--verbose";

    @Override
    public CommandSpec spec() {
        var spec = CommandSpec.create();
        spec.usageMessage()
                .description("Shows the state of the running agent: node, peers, listeners, connections.")
                .footer(
                        "",
                        "Examples:",
                        "  tailnet-agent status",
                        "  tailnet-agent status --active --verbose",
                        "  tailnet-agent status --json --peers=false");
        spec.addOption(Switches.of("The JSON of the status endpoint", Switches.JSON));
        spec.addOption(Switches.of(OptionSpec.builder(PEERS).description("Show peers (default true)")));
        spec.addOption(Switches.of("Only peers that there has been traffic with", ACTIVE));
        spec.addOption(Switches.of("Show all that is known of peers", VERBOSE));
        RunningAgentFlags.addTo(spec);
        return spec;
    }

    @Override
    public Set<ExitCode> exitCodes() {
        return ExitCodes.ofAgent();
    }

    @Override
    public ExitCode execute(ParseResult arguments) throws ControlException {
        var detail = new StatusDetail(
                Switches.isOn(arguments, PEERS, true),
                Switches.isOn(arguments, ACTIVE),
                Switches.isOn(arguments, VERBOSE));
        var body = RunningAgentFlags.client(arguments).get("/status");
        if (!Switches.isOn(arguments, Switches.JSON)) {
            System.out.print(StatusText.print(Json.parse(body), detail));
        } else if (detail.isEverything()) {
            System.out.println(body.stripTrailing());
        } else {
            var status = Json.parse(body);
            System.out.println(JsonWriter.write(status.with("peers", detail.peers(status)), "  "));
        }
        return ExitCode.OK;
    }
}
