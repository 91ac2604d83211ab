package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code logout}: disconnect the node and end the validity of its key. */
final class LogoutVerb implements Verb {
    @Override
    public CommandSpec spec() {
        var spec = CommandSpec.create();
        spec.usageMessage()
                .description(
                        "Disconnects the node of the running agent and ends the validity of its key.",
                        "",
                        "To be up again it has to log in.")
                .footer("", "Examples:", "  tailnet-agent logout && tailnet-agent up --qr");
        spec.addOption(OptionSpec.builder("--reason")
                .type(String.class)
                .arity("1")
                .hidden(true)
                .build());
        LocalApiFlags.addTo(spec);
        return spec;
    }

    @Override
    public Set<ExitCode> exitCodes() {
        return ExitCodes.ofNode();
    }

    @Override
    public ExitCode execute(ParseResult arguments) throws ControlException {
        var unused = LocalApiFlags.client(arguments).post("logout", "");
        return ExitCode.OK;
    }
}
