package dev.tailnet.agent.cli;

import dev.tailnet.agent.config.Setting;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Finds the {@code tailscaled.sock} of the running agent, for the verbs that speak to its LocalAPI. */
final class LocalApiFlags {
    static final String FLAG = "--socket";

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final String VARIABLE = "TS_SOCKET";

    /** Where tailscaled has its own: an agent in its place may have been given this path. */
    private static final Path OF_TAILSCALED = Path.of("/var/run/tailscale", LocalApiClient.SOCKET);

    private LocalApiFlags() {}

    static void addTo(CommandSpec spec) {
        RunningAgentFlags.addTo(spec);
        spec.addOption(OptionSpec.builder(FLAG)
                .type(String.class)
                .arity("1")
                .paramLabel("PATH")
                .description("The agent's LocalAPI socket (default: TS_SOCKET, or " + LocalApiClient.SOCKET
                        + " in the runtime directory)")
                .build());
    }

    /** A client that waits for an answer as long as a local answer may take. */
    static LocalApiClient client(ParseResult arguments) {
        return new LocalApiClient(socket(arguments), TIMEOUT);
    }

    static Path socket(ParseResult arguments) {
        String flag = arguments.matchedOptionValue(FLAG, "");
        String directory = arguments.matchedOptionValue(Setting.RUNTIME_DIR.flag(), "");
        try {
            return socket(flag, directory, System.getenv());
        } catch (InvalidPathException e) {
            throw new ParameterException(arguments.commandSpec().commandLine(), FLAG + ": " + e.getMessage(), e);
        }
    }

    static Path socket(String flag, String directory, Map<String, String> environment) {
        var asked = asked(flag, directory, environment);
        if (!asked.isEmpty()) {
            return Path.of(asked).toAbsolutePath();
        }
        var ofAgent = RunningAgentFlags.directory(directory, environment).resolve(LocalApiClient.SOCKET);
        return directory.isEmpty()
                ? List.of(ofAgent, OF_TAILSCALED).stream()
                        .filter(Files::exists)
                        .findFirst()
                        .orElse(ofAgent)
                : ofAgent;
    }

    private static String asked(String flag, String directory, Map<String, String> environment) {
        return flag.isEmpty() && directory.isEmpty() ? environment.getOrDefault(VARIABLE, "") : flag;
    }

    /** Every socket by which the agent may be found once it runs. */
    static List<Path> candidates(ParseResult arguments) {
        String flag = arguments.matchedOptionValue(FLAG, "");
        String directory = arguments.matchedOptionValue(Setting.RUNTIME_DIR.flag(), "");
        var environment = System.getenv();
        var candidates = new ArrayList<Path>();
        for (var runtimeDir : RunningAgentFlags.candidates(directory, environment)) {
            candidates.add(runtimeDir.resolve(ControlClient.SOCKET));
            candidates.add(runtimeDir.resolve(LocalApiClient.SOCKET));
        }
        var asked = asked(flag, directory, environment);
        if (!asked.isEmpty()) {
            candidates.add(Path.of(asked).toAbsolutePath());
        } else if (directory.isEmpty()) {
            candidates.add(OF_TAILSCALED);
        }
        return candidates;
    }
}
