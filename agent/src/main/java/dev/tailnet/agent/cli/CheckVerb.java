package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.agent.check.Check;
import dev.tailnet.agent.check.Here;
import dev.tailnet.agent.check.ReportJson;
import dev.tailnet.agent.check.ReportText;
import dev.tailnet.agent.check.Unanswered;
import dev.tailnet.agent.config.Flags;
import dev.tailnet.agent.config.Setting;
import dev.tailnet.bridge.LibraryException;
import dev.tailnet.bridge.Libtailscale;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.Target;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code check}: how far a connection gets, and what to do about where it ends. */
final class CheckVerb implements Verb {
    private static final String JSON = "--json";
    private static final String TLS = "--tls";
    private static final String NO_TLS = "--no-tls";
    private static final String TIMEOUT = "--timeout";
    private static final int HTTPS = 443;

    /** The agent's own timeout of a dial ends before this, and says more. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Override
    public CommandSpec spec() {
        var spec = CommandSpec.create();
        spec.usageMessage()
                .customSynopsis("tailnet-agent check [--json] [--tls|--no-tls] [--timeout=TIME] [HOST:PORT]")
                .description(
                        "Says why a connection does not come about, and what to do.",
                        "",
                        "It takes the way of a connection step by step: agent, library, control server, login, registration,"
                                + " relay, name, policy, route, path, connection, certificate. The exit code tells which step was"
                                + " the first to fail.",
                        "",
                        "The connection is made through the running agent, by the rules and the audit of its proxies."
                                + " Without HOST:PORT the node alone is checked. Without an agent the configuration, the"
                                + " library and the way to the control server are.",
                        "",
                        "'check --exec [--json]' says instead whether 'exec' can work here, and what of 'exec --enforce' holds.",
                        "",
                        "'direct egress' says whether this process gets to the target without the agent too: a proxy's"
                                + " rules bind only those who use it.")
                .footer(
                        "",
                        "Examples:",
                        "  tailnet-agent check",
                        "  tailnet-agent check grafana.internal.example.com:443",
                        "  tailnet-agent check --json db:5432 | jq -r .cause");
        spec.addOption(flag(JSON, "As JSON"));
        spec.addOption(flag(TLS, "Check the target's certificate (default for port 443)"));
        spec.addOption(flag(NO_TLS, "Do not check it, for port 443"));
        spec.addOption(OptionSpec.builder(TIMEOUT)
                .type(String.class)
                .arity("1")
                .paramLabel("TIME")
                .description("For each step: 500ms, 10s, 1m (default 20s)")
                .build());
        for (var setting : List.of(Setting.CONFIG, Setting.LOGIN_SERVER)) {
            spec.addOption(OptionSpec.builder(setting.flag())
                    .type(String.class)
                    .arity("1")
                    .paramLabel(setting.valueLabel())
                    .description("As for 'run': what an agent would be started with, when none is running")
                    .build());
        }
        spec.addPositional(PositionalParamSpec.builder()
                .index("0")
                .arity("0..1")
                .type(String.class)
                .paramLabel("HOST:PORT")
                .description("The target; an IPv6 address in brackets")
                .build());
        RunningAgentFlags.addTo(spec);
        return spec;
    }

    private static OptionSpec flag(String name, String description) {
        return OptionSpec.builder(name)
                .type(boolean.class)
                .arity("0")
                .description(description)
                .build();
    }

    @Override
    public Set<ExitCode> exitCodes() {
        var codes = ExitCodes.ofAgent(ExitCode.LIBRARY);
        Arrays.stream(ExitCode.values()).filter(ExitCode::isObstacle).forEach(codes::add);
        return codes;
    }

    @Override
    public ExitCode execute(ParseResult arguments) {
        Target target = target(arguments);
        boolean isTls = target != null
                && !arguments.hasMatchedOption(NO_TLS)
                && (arguments.hasMatchedOption(TLS) || target.port() == HTTPS);
        var wish = new Check.Wish(target, isTls, timeout(arguments));
        var check = new Check(
                wish,
                new Here(System.getenv(), flags(arguments), CheckVerb::loadLibrary),
                new RunningAgentSide(RunningAgentFlags.runtimeDir(arguments)));
        boolean isJson = arguments.hasMatchedOption(JSON);
        var report = check.run(step -> {
            if (!isJson) {
                System.out.print(ReportText.line(step));
                System.out.flush();
            }
        });
        System.out.print(isJson ? ReportJson.of(report) + System.lineSeparator() : ReportText.outcome(report));
        return report.exitCode();
    }

    private static @Nullable Target target(ParseResult arguments) {
        String text = arguments.matchedPositionalValue(0, "");
        if (text.isEmpty()) {
            return null;
        }
        try {
            return Target.parse(text);
        } catch (ConnectFailure e) {
            throw new ParameterException(arguments.commandSpec().commandLine(), e.getMessage(), e);
        }
    }

    private static Duration timeout(ParseResult arguments) {
        if (!arguments.hasMatchedOption(TIMEOUT)) {
            return PATIENCE;
        }
        Duration timeout = ValueFlags.time(arguments, TIMEOUT, "0");
        if (timeout.isPositive()) {
            return timeout;
        }
        throw new ParameterException(arguments.commandSpec().commandLine(), TIMEOUT + ": no time at all is too short");
    }

    private static Flags flags(ParseResult arguments) {
        Map<Setting, List<String>> given = List.of(Setting.CONFIG, Setting.LOGIN_SERVER).stream()
                .filter(setting -> arguments.hasMatchedOption(setting.flag()))
                .collect(Collectors.toMap(
                        setting -> setting, setting -> List.of(arguments.matchedOptionValue(setting.flag(), ""))));
        return new Flags(given, List.of());
    }

    private static String loadLibrary() throws Unanswered {
        try {
            return Libtailscale.version();
        } catch (LibraryException e) {
            throw new Unanswered(String.valueOf(e.getMessage()), e);
        }
    }
}
