package dev.tailnet.agent.cli;

import dev.tailnet.agent.AgentVersion;
import dev.tailnet.agent.ExitCode;
import dev.tailnet.bridge.LibraryException;
import dev.tailnet.bridge.Libtailscale;
import java.util.LinkedHashMap;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code tailscale version}: that of tailscale in the library first, as scripts expect. */
final class TailscaleVersionVerb implements Verb {
    private static final String DAEMON = "--daemon";
    private static final String UPSTREAM = "--upstream";

    @Override
    public CommandSpec spec() {
        var spec = CommandSpec.create();
        spec.usageMessage()
                .description("Shows the version of tailscale in the agent's library.")
                .footer("", "Examples:", "  tailscale version | head -n 1", "  tailscale version --json");
        spec.addOption(Switches.of("As JSON", Switches.JSON));
        spec.addOption(Switches.of("Also the version of the running agent's library", DAEMON));
        spec.addOption(Switches.of("Not possible: the agent looks for no updates", UPSTREAM));
        LocalApiFlags.addTo(spec);
        return spec;
    }

    @Override
    public Set<ExitCode> exitCodes() {
        return ExitCodes.ofNode(ExitCode.LIBRARY);
    }

    @Override
    public ExitCode execute(ParseResult arguments) throws ControlException {
        if (Switches.isOn(arguments, UPSTREAM)) {
            throw new ParameterException(
                    arguments.commandSpec().commandLine(), UPSTREAM + ": the agent looks for no updates");
        }
        var daemon = Switches.isOn(arguments, DAEMON)
                ? Json.parse(LocalApiFlags.client(arguments).get("status?peers=false"))
                        .text("Version")
                        .orElse("")
                : "";
        Json build;
        try {
            build = Json.parse(Libtailscale.build());
        } catch (LibraryException e) {
            System.err.println(Program.NAME + ": " + e.getMessage());
            return ExitCode.LIBRARY;
        }
        System.out.print(Switches.isOn(arguments, Switches.JSON) ? json(build, daemon) : text(build, daemon));
        return ExitCode.OK;
    }

    private static String text(Json build, String daemon) {
        var version = build.text("tailscale").orElse("");
        var client = version + "\n  tailnet-agent: " + AgentVersion.current() + "\n  go version: "
                + build.text("go").orElse("") + "\n";
        return daemon.isEmpty() ? client : "Client: " + client + "Daemon: " + daemon + "\n";
    }

    private static String json(Json build, String daemon) {
        var version = build.text("tailscale").orElse("");
        var document = new LinkedHashMap<String, Object>();
        document.put("majorMinorPatch", version);
        document.put("short", version);
        document.put("long", version);
        if (!daemon.isEmpty()) {
            document.put("daemonLong", daemon);
        }
        document.put("cap", build.number("cap"));
        document.put("tailnetAgent", AgentVersion.current());
        return JsonWriter.write(document, "\t") + "\n";
    }
}
