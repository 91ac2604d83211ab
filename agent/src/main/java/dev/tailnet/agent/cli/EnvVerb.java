package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.agent.config.Configuration;
import dev.tailnet.agent.config.ConfigurationException;
import dev.tailnet.agent.config.Flags;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code env}: the environment in which programs use the agent's proxies. */
final class EnvVerb implements Verb {
    private static final String FORMAT = "--format";
    private static final String NO_ALL_PROXY = "--no-all-proxy";
    private static final String NO_JAVA = "--no-java";

    @Override
    public CommandSpec spec() {
        var spec = CommandSpec.create();
        spec.usageMessage()
                .description(
                        "Prints the environment in which programs use the agent's proxies.",
                        "",
                        "The proxies are those of the running agent, or else those that 'run' would open with this environment.",
                        "",
                        "HTTP_PROXY and HTTPS_PROXY name the HTTP proxy, ALL_PROXY the SOCKS5 proxy, NO_PROXY this machine,"
                                + " each in both cases. NODE_USE_ENV_PROXY=1 has Node 22.21 and newer use them."
                                + " JAVA_TOOL_OPTIONS sets http.proxyHost and https.proxyHost, which Java's own HTTP"
                                + " clients and most others follow (Apache's only when told to use system properties);"
                                + " options that are there already stay. Every Java program then says 'Picked up"
                                + " JAVA_TOOL_OPTIONS' on its standard error: --no-java spares you that.",
                        "",
                        "What knows no proxy (psql, redis-cli, ssh) reaches the tailnet by 'run --forward' or"
                                + " 'tailnet-agent nc'.")
                .footer(
                        "",
                        "Examples:",
                        "  eval \"$(tailnet-agent env)\"",
                        "  tailnet-agent env --format fish | source",
                        "  docker run --network=host $(tailnet-agent env --format docker) IMAGE",
                        "  tailnet-agent env --format systemd    # lines for the [Service] section of a drop-in",
                        "",
                        "docker: 127.0.0.1 is the container itself unless it has the host's network; JAVA_TOOL_OPTIONS is"
                                + " left out, for a shell splits it at its blanks.");
        spec.addOption(OptionSpec.builder(FORMAT)
                .type(String.class)
                .arity("1")
                .paramLabel(formats("|"))
                .description("For whom (default bash, which is every POSIX shell)")
                .build());
        spec.addOption(Switches.of("Without ALL_PROXY, for programs that fail on a SOCKS proxy", NO_ALL_PROXY));
        spec.addOption(Switches.of("Without JAVA_TOOL_OPTIONS", NO_JAVA));
        RunningAgentFlags.addTo(spec);
        return spec;
    }

    private static String formats(String separator) {
        return String.join(
                separator,
                Arrays.stream(EnvironmentFormat.values())
                        .map(format -> format.name().toLowerCase(Locale.ROOT))
                        .toList());
    }

    @Override
    public Set<ExitCode> exitCodes() {
        return ExitCodes.ofAgent();
    }

    @Override
    public ExitCode execute(ParseResult arguments) {
        var format = format(arguments);
        Optional<ProxyAddresses> proxies = proxies(arguments);
        if (proxies.isEmpty()) {
            return ExitCode.USAGE;
        }
        if (proxies.get().isEmpty()) {
            System.err.println(Program.NAME + ": the agent has no proxy listener whose port is known before it runs");
            return ExitCode.NO_AGENT;
        }
        var environment = new ProxyEnvironment(
                proxies.get(), !Switches.isOn(arguments, NO_ALL_PROXY), !Switches.isOn(arguments, NO_JAVA));
        System.out.print(format.print(environment.variables(System.getenv())));
        return ExitCode.OK;
    }

    private static EnvironmentFormat format(ParseResult arguments) {
        var asked = arguments.matchedOptionValue(FORMAT, "bash");
        return Arrays.stream(EnvironmentFormat.values())
                .filter(format -> format.name().equalsIgnoreCase(asked))
                .findFirst()
                .orElseThrow(() -> new ParameterException(
                        arguments.commandSpec().commandLine(),
                        FORMAT + ": '" + asked + "' is none of " + formats(", ")));
    }

    /** Empty, with the problems told, when there is no agent and its configuration is no good. */
    private static Optional<ProxyAddresses> proxies(ParseResult arguments) {
        try {
            var status = Json.parse(RunningAgentFlags.client(arguments).get("/status"));
            return Optional.of(ProxyAddresses.of(status));
        } catch (ControlException e) {
            System.err.println(Program.NAME + ": " + e.getMessage());
        }
        try {
            var settings = Configuration.load(new Flags(Map.of(), List.of()), System.getenv())
                    .settings();
            System.err.println(
                    Program.NAME + ": these are the addresses at which 'tailnet-agent run' would listen by default");
            return Optional.of(ProxyAddresses.of(settings.listeners()));
        } catch (ConfigurationException e) {
            e.problems().forEach(problem -> System.err.println(Program.NAME + ": " + problem));
            return Optional.empty();
        }
    }
}
