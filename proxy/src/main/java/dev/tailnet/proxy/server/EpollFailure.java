package dev.tailnet.proxy.server;

/** Netty's native epoll transport does not work here; the message is one sentence with cause and fix. */
public final class EpollFailure extends Exception {
    private static final long serialVersionUID = 1L;

    EpollFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
