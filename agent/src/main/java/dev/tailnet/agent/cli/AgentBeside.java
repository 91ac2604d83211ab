package dev.tailnet.agent.cli;

import java.nio.file.Files;
import java.time.Duration;
import picocli.CommandLine.ParseResult;

/** The control socket of the agent whose LocalAPI a verb speaks to: it lies beside, unless {@code --socket} was moved. */
final class AgentBeside {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private AgentBeside() {}

    static ControlClient client(ParseResult arguments) {
        return client(arguments, TIMEOUT);
    }

    static ControlClient client(ParseResult arguments, Duration timeout) {
        var directory = LocalApiFlags.socket(arguments).toAbsolutePath().getParent();
        return directory != null && Files.exists(directory.resolve(ControlClient.SOCKET))
                ? new ControlClient(directory, timeout)
                : new ControlClient(RunningAgentFlags.runtimeDir(arguments), timeout);
    }
}
