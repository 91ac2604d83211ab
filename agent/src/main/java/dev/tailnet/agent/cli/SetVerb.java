package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.agent.cli.prefs.Preference;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code set}: change single preferences of the node while it runs. */
final class SetVerb implements Verb {
    @Override
    public CommandSpec spec() {
        var spec = CommandSpec.create();
        spec.usageMessage()
                .description(
                        "Changes single settings of the running agent's node.",
                        "",
                        "Those that no flag names stay. What the agent was started with (--hostname and others) is back when it"
                                + " starts again.")
                .footer(
                        "",
                        "Examples:",
                        "  tailnet-agent set --exit-node=office --exit-node-allow-lan-access",
                        "  tailnet-agent set --exit-node=",
                        "  tailnet-agent set --hostname=box-2 --accept-routes=false");
        PreferenceFlags.addTo(spec, Set.of(Preference.LOGIN_SERVER));
        LocalApiFlags.addTo(spec);
        return spec;
    }

    @Override
    public Set<ExitCode> exitCodes() {
        return ExitCodes.ofNode();
    }

    @Override
    public ExitCode execute(ParseResult arguments) throws ControlException {
        var changes = PreferenceFlags.read(arguments);
        if (changes.isEmpty() && PreferenceFlags.isAnyWithoutEffect(arguments)) {
            return ExitCode.OK;
        }
        if (changes.isEmpty()) {
            throw new ParameterException(arguments.commandSpec().commandLine(), "name what to change");
        }
        var client = LocalApiFlags.client(arguments);
        var status = Json.parse(client.get(changes.has(Preference.EXIT_NODE) ? "status" : "status?peers=false"));
        var document = new PrefsDocument(Json.parse(client.get("prefs")), status);
        try {
            var unused = client.patch("prefs", document.masked(changes, Map.of()));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(arguments.commandSpec().commandLine(), e.getMessage(), e);
        }
        return ExitCode.OK;
    }
}
