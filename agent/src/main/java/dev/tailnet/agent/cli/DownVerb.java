package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.agent.cli.prefs.Preferences;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code down}: disconnect the node, which stays logged in. */
final class DownVerb implements Verb {
    @Override
    public CommandSpec spec() {
        var spec = CommandSpec.create();
        spec.usageMessage()
                .description(
                        "Disconnects the node of the running agent from its tailnet.",
                        "",
                        "It stays logged in; 'up' connects it again.")
                .footer("", "Examples:", "  tailnet-agent down");
        for (var flag : new String[] {"--reason", "--accept-risk"}) {
            // Of the real command line, for questions that are not asked here.
            spec.addOption(OptionSpec.builder(flag)
                    .type(String.class)
                    .arity("1")
                    .hidden(true)
                    .build());
        }
        LocalApiFlags.addTo(spec);
        return spec;
    }

    @Override
    public Set<ExitCode> exitCodes() {
        return ExitCodes.ofNode();
    }

    @Override
    public ExitCode execute(ParseResult arguments) throws ControlException {
        var client = LocalApiFlags.client(arguments);
        var status = Json.parse(client.get("status?peers=false"));
        if (status.text("BackendState").filter("Stopped"::equals).isPresent()) {
            System.err.println("The node is down already.");
            return ExitCode.OK;
        }
        var document = new PrefsDocument(Json.parse("{}"), status);
        var unused = client.patch("prefs", document.masked(new Preferences(Map.of()), Map.of("WantRunning", false)));
        return ExitCode.OK;
    }
}
