package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.agent.cli.prefs.CommandLineText;
import dev.tailnet.agent.cli.prefs.NodeSituation;
import dev.tailnet.agent.cli.prefs.Preference;
import dev.tailnet.agent.cli.prefs.Preferences;
import dev.tailnet.agent.cli.prefs.UpPlan;
import dev.tailnet.agent.cli.prefs.UpPlan.Edit;
import dev.tailnet.agent.cli.prefs.UpPlan.Impossible;
import dev.tailnet.agent.cli.prefs.UpPlan.Refused;
import dev.tailnet.agent.cli.prefs.UpPlan.Resume;
import dev.tailnet.agent.cli.prefs.UpPlan.Start;
import dev.tailnet.agent.cli.prefs.UpRequest;
import dev.tailnet.agent.config.Secret;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code up} and {@code login}: connect the node to its tailnet, logging in if that is needed, and wait for it. */
final class UpVerb implements Verb {
    private static final String RESET = "--reset";
    private static final String FORCE_REAUTH = "--force-reauth";
    private static final Map<String, Object> WANT_RUNNING = Map.of("WantRunning", true);

    private final boolean isLogin;

    private UpVerb(boolean isLogin) {
        this.isLogin = isLogin;
    }

    static UpVerb up() {
        return new UpVerb(false);
    }

    /** Logs in also when the node is logged in already. */
    static UpVerb login() {
        return new UpVerb(true);
    }

    @Override
    public CommandSpec spec() {
        var spec = CommandSpec.create();
        spec.usageMessage().description(isLogin ? UpHelp.LOGIN : UpHelp.UP).footer(UpHelp.examples(isLogin));
        LoginFlags.addTo(spec);
        if (!isLogin) {
            spec.addOption(Switches.of("Preferences that no flag names get their defaults", RESET));
            spec.addOption(Switches.of("Log in again although the node is logged in", FORCE_REAUTH));
        }
        PreferenceFlags.addTo(spec, Set.of());
        LocalApiFlags.addTo(spec);
        return spec;
    }

    @Override
    public Set<ExitCode> exitCodes() {
        return ExitCodes.ofNode(ExitCode.TIMEOUT, ExitCode.INTERRUPTED);
    }

    @Override
    public ExitCode execute(ParseResult arguments) throws ControlException {
        var login = LoginFlags.read(arguments);
        var given = PreferenceFlags.read(arguments);
        var client = LocalApiFlags.client(arguments);
        var status = Json.parse(client.get(given.has(Preference.EXIT_NODE) ? "status" : "status?peers=false"));
        var document = new PrefsDocument(Json.parse(client.get("prefs")), status);
        var request = new UpRequest(
                given,
                Switches.isOn(arguments, RESET),
                isLogin || Switches.isOn(arguments, FORCE_REAUTH),
                login.authKey().isPresent());
        var plan = UpPlan.of(request, situation(document));
        try {
            return carryOut(plan, login, client, document, arguments);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(arguments.commandSpec().commandLine(), e.getMessage(), e);
        }
    }

    private static NodeSituation situation(PrefsDocument document) {
        var state = document.status().text("BackendState").orElse("");
        return new NodeSituation(
                document.read(),
                state.equals("Running"),
                state.equals("NeedsLogin") || state.equals("NoState"),
                document.status().isTrue("HaveNodeKey"),
                document.prefs()
                        .object("Config")
                        .object("UserProfile")
                        .text("LoginName")
                        .isPresent(),
                System.getenv().getOrDefault("USER", ""));
    }

    private ExitCode carryOut(
            UpPlan plan, LoginFlags login, LocalApiClient client, PrefsDocument document, ParseResult arguments)
            throws ControlException {
        return switch (plan) {
            case Refused refused -> {
                System.err.print(refusal(refused, arguments));
                yield ExitCode.USAGE;
            }
            case Impossible impossible -> {
                System.err.println(Program.NAME + ": " + impossible.reason());
                yield ExitCode.USAGE;
            }
            case Edit edit -> {
                var unused = client.patch("prefs", document.masked(edit.changes(), WANT_RUNNING));
                yield ExitCode.OK;
            }
            case Resume resume -> {
                try (var stream = client.within(login.timeout()).watch(0)) {
                    var unused = client.patch("prefs", document.masked(new Preferences(Map.of()), WANT_RUNNING));
                    yield new LoginWait(client, login, document, false).await(stream);
                }
            }
            case Start start -> start(start, login, client, document);
        };
    }

    private ExitCode start(Start start, LoginFlags login, LocalApiClient client, PrefsDocument document)
            throws ControlException {
        var changed = document.with(start.preferences());
        var complaint = Json.parse(client.post("check-prefs", JsonWriter.write(changed)))
                .text("Error");
        if (complaint.isPresent()) {
            throw new LocalApiException(400, complaint.get());
        }
        var isForced = start.login() && login.authKey().isEmpty();
        try (var stream = client.within(login.timeout()).watch(0)) {
            var options = new LinkedHashMap<String, Object>();
            options.put("UpdatePrefs", changed);
            options.put("AuthKey", login.authKey().map(Secret::reveal).orElse(""));
            var unused = client.post("start", JsonWriter.write(options));
            if (start.login()) {
                unused = client.post("login-interactive", "");
            }
            return new LoginWait(
                            client,
                            login,
                            document,
                            isForced && document.status().isTrue("HaveNodeKey"))
                    .await(stream);
        }
    }

    private String refusal(Refused refused, ParseResult arguments) {
        var flags = new ArrayList<String>();
        for (var given : arguments.matchedOptions()) {
            flags.add(LoginFlags.shown(given));
        }
        flags.addAll(CommandLineText.flags(refused.reverted()));
        return Program.NAME
                + ": settings of '" + name() + "' are complete: one that is not mentioned goes back to its default. So"
                + " that none is lost by accident,\nmention them all, change single ones with 'set', or give them up"
                + " with --reset. As they are now, that is:\n\n  "
                + Invocation.current() + " " + name() + " " + String.join(" ", flags) + "\n\n";
    }

    private String name() {
        return isLogin ? "login" : "up";
    }
}
