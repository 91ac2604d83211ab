package dev.tailnet.proxy.dial;

import dev.tailnet.proxy.request.TunnelEnd;
import io.netty.util.concurrent.Future;
import java.nio.ByteBuffer;
import java.time.Duration;

/** A connection to a target that waits for its client. Either {@link #relay} or {@link #discard} ends its life. */
public interface Upstream {

    /**
     * Joins the client's socket to this connection.
     *
     * @param clientFd a socket's file descriptor that the callee owns from here on, whatever happens
     * @param early bytes that the client sent with its handshake; read during this call only
     * @param idleTimeout zero means none
     * @return completes when both directions have ended; cancelling it resets the tunnel
     */
    Future<TunnelEnd> relay(int clientFd, ByteBuffer early, Duration idleTimeout);

    /** Closes the connection unused. */
    void discard();
}
