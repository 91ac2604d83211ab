package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;

/** The running agent cannot be asked, or says no. The message says what to do. */
class ControlException extends Exception {
    private static final long serialVersionUID = 1L;

    ControlException(String message) {
        super(message);
    }

    ControlException(String message, Throwable cause) {
        super(message, cause);
    }

    /** What a verb that cannot go on ends with. */
    ExitCode exitCode() {
        return ExitCode.NO_AGENT;
    }
}
