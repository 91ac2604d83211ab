package dev.tailnet.testnet;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Runs programs that end by themselves, such as curl. */
public final class Commands {
    private Commands() {}

    /**
     * Runs a program to its end. Of this process's environment it sees only PATH.
     *
     * @param directory its working directory and HOME
     * @param environment its further variables
     * @throws TestNetworkException if it cannot be executed or takes longer than the timeout; then it is killed
     */
    public static CommandResult run(
            Path directory, Map<String, String> environment, Duration timeout, List<String> command) {
        return ChildProcess.run(directory, environment, timeout, command);
    }
}
