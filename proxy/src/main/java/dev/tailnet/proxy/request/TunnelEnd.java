package dev.tailnet.proxy.request;

/**
 * How a tunnel ended.
 *
 * @param bytesUp bytes from the client to the target
 * @param bytesDown bytes from the target to the client
 * @param detail the error in words; empty when there was none
 */
public record TunnelEnd(Cause cause, long bytesUp, long bytesDown, String detail) {

    /** What ended the tunnel. */
    public enum Cause {
        /** Both sides finished. */
        FINISHED,
        /** Either side reset its connection. */
        RESET,
        /** No byte for the idle timeout. */
        IDLE,
        /** The agent ended it. */
        CANCELLED,
        /** Anything else; the detail says what. */
        ERROR
    }
}
