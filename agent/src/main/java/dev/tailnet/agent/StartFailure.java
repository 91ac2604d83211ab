package dev.tailnet.agent;

import org.jspecify.annotations.Nullable;

/** The agent cannot start. The message says what failed, why, and what to do; it is all the user gets to see. */
public final class StartFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;

    public StartFailure(ExitCode exitCode, String message) {
        this(exitCode, message, null);
    }

    public StartFailure(ExitCode exitCode, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    public ExitCode exitCode() {
        return exitCode;
    }
}
