package dev.tailnet.agent.cli;

import dev.tailnet.agent.config.RuntimeDirectory;
import dev.tailnet.agent.config.Setting;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Finds the running agent for the verbs that talk to it: {@code --runtime-dir}, or where an agent is by default. */
final class RunningAgentFlags {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** Where the agent of the system is, for users who run none of their own. */
    private static final Path SYSTEM = Path.of("/run/tailnet-agent");

    private RunningAgentFlags() {}

    static void addTo(CommandSpec spec) {
        spec.addOption(OptionSpec.builder(Setting.RUNTIME_DIR.flag())
                .type(String.class)
                .arity("1")
                .paramLabel(Setting.RUNTIME_DIR.valueLabel())
                .description("Runtime directory of the agent to ask (default: where 'run' has it)")
                .build());
    }

    static ControlClient client(ParseResult arguments) {
        return client(arguments, TIMEOUT);
    }

    /** @param patience with what takes its time */
    static ControlClient client(ParseResult arguments, Duration patience) {
        return new ControlClient(runtimeDir(arguments), patience);
    }

    static Path runtimeDir(ParseResult arguments) {
        String flag = arguments.matchedOptionValue(Setting.RUNTIME_DIR.flag(), "");
        try {
            return directory(flag, System.getenv());
        } catch (InvalidPathException e) {
            throw new ParameterException(arguments.commandSpec().commandLine(), "--runtime-dir: " + e.getMessage(), e);
        }
    }

    static Path directory(String flag, Map<String, String> environment) {
        var candidates = candidates(flag, environment);
        return candidates.stream()
                .filter(directory -> Files.exists(directory.resolve(ControlClient.SOCKET)))
                .findFirst()
                .orElse(candidates.getFirst());
    }

    /** Where the agent to ask may be, the first being the most likely. */
    static List<Path> candidates(String flag, Map<String, String> environment) {
        var asked = flag.isEmpty() ? environment.getOrDefault(Setting.RUNTIME_DIR.variable(), "") : flag;
        return asked.isEmpty()
                ? List.of(RuntimeDirectory.defaultFor(environment), SYSTEM)
                : List.of(Path.of(asked).toAbsolutePath());
    }
}
