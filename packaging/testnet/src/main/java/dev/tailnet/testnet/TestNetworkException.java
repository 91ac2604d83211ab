package dev.tailnet.testnet;

import org.jspecify.annotations.Nullable;

/** A part of the test network did not do what was asked; the message has the tail of its log. */
public final class TestNetworkException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TestNetworkException(String message) {
        super(message);
    }

    TestNetworkException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
