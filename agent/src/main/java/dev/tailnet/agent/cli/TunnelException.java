package dev.tailnet.agent.cli;

/** There is no tunnel, or it broke; the message says why. */
final class TunnelException extends Exception {
    private static final long serialVersionUID = 1L;

    TunnelException(String message) {
        super(message);
    }

    TunnelException(String message, Throwable cause) {
        super(message, cause);
    }
}
