package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;

/** The node's LocalAPI answered with an error; the message has its words. */
final class LocalApiException extends ControlException {
    private static final long serialVersionUID = 1L;
    private static final int FORBIDDEN = 403;

    private final int status;

    LocalApiException(int status, String message) {
        super(message);
        this.status = status;
    }

    /** The HTTP status. */
    int status() {
        return status;
    }

    /** Whether this user may not do it. */
    boolean isDenied() {
        return status == FORBIDDEN;
    }

    @Override
    ExitCode exitCode() {
        return isDenied() ? ExitCode.DENIED : ExitCode.NODE;
    }
}
