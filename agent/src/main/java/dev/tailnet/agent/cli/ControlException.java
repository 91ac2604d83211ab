package dev.tailnet.agent.cli;

/** The running agent cannot be asked: none runs, or it does not answer. The message says what to do. */
final class ControlException extends Exception {
    private static final long serialVersionUID = 1L;

    ControlException(String message) {
        super(message);
    }

    ControlException(String message, Throwable cause) {
        super(message, cause);
    }
}
