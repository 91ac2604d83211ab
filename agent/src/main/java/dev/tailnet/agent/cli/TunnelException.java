package dev.tailnet.agent.cli;

/** There is no tunnel, or it broke; the message says why. */
final class TunnelException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String error;

    TunnelException(String message, Throwable cause) {
        super(message, cause);
        this.status = 0;
        this.error = "";
    }

    /**
     * One that the agent did not open.
     *
     * @param status of HTTP
     * @param error the error type of its Proxy-Status field (RFC 9209); empty when there is none
     */
    TunnelException(int status, String error, String message) {
        super(message);
        this.status = status;
        this.error = error;
    }

    int status() {
        return status;
    }

    String error() {
        return error;
    }
}
