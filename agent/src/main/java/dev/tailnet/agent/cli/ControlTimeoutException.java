package dev.tailnet.agent.cli;

/** The deadline of a {@link ControlConnection} has passed. */
final class ControlTimeoutException extends ControlException {
    private static final long serialVersionUID = 1L;

    ControlTimeoutException(String message) {
        super(message);
    }
}
