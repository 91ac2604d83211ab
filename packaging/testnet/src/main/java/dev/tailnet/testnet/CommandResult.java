package dev.tailnet.testnet;

import java.util.List;

/**
 * What a command that ended left behind.
 *
 * @param command the program and its arguments
 * @param exitCode 0 means success
 * @param stdout its standard output
 * @param stderr its standard error
 */
public record CommandResult(List<String> command, int exitCode, String stdout, String stderr) {
    public CommandResult {
        command = List.copyOf(command);
    }

    /**
     * This result, if the command succeeded.
     *
     * @throws TestNetworkException if it failed, with what it said
     */
    public CommandResult orThrow() {
        if (exitCode != 0) {
            throw new TestNetworkException(
                    "exit code %d from: %s%n%s%s".formatted(exitCode, String.join(" ", command), stdout, stderr));
        }
        return this;
    }
}
