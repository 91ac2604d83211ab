package dev.tailnet.agent.cli;

import dev.tailnet.agent.AgentVersion;
import dev.tailnet.agent.ExitCode;
import dev.tailnet.bridge.LibraryException;
import dev.tailnet.bridge.Libtailscale;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code version}: of the agent, of tailscale in the library, and of Java. */
final class VersionVerb implements Verb {

    @Override
    public CommandSpec spec() {
        var spec = CommandSpec.create();
        spec.usageMessage()
                .description("Shows the versions of the agent, of tailscale in its library, and of Java.")
                .footer(
                        "",
                        "Examples:",
                        "  tailnet-agent version",
                        "  tailnet-agent version --json | jq -r .tailscale");
        spec.addOption(Switches.of("As JSON", Switches.JSON));
        return spec;
    }

    @Override
    public Set<ExitCode> exitCodes() {
        return ExitCodes.alone(ExitCode.LIBRARY);
    }

    @Override
    public ExitCode execute(ParseResult arguments) {
        String tailscale;
        try {
            tailscale = Libtailscale.version();
        } catch (LibraryException e) {
            System.out.println(ofAgent());
            System.err.println(Program.NAME + ": " + e.getMessage());
            return ExitCode.LIBRARY;
        }
        if (Switches.isOn(arguments, Switches.JSON)) {
            System.out.printf(
                    "{\"agent\":\"%s\",\"tailscale\":\"%s\",\"java\":\"%s\"}%n",
                    AgentVersion.current(), tailscale, Runtime.version());
        } else {
            System.out.println(ofAgent());
            System.out.println(tailscale);
            System.out.println("Java " + Runtime.version());
        }
        return ExitCode.OK;
    }

    static String ofAgent() {
        return Program.NAME + " " + AgentVersion.current();
    }
}
