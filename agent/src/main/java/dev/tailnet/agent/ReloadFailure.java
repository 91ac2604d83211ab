package dev.tailnet.agent;

/** A new configuration cannot be applied, and nothing of it was; the message is one sentence with cause and fix. */
public final class ReloadFailure extends Exception {
    private static final long serialVersionUID = 1L;

    ReloadFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
