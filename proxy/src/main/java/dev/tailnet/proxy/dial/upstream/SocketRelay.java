package dev.tailnet.proxy.dial.upstream;

import dev.tailnet.proxy.request.TunnelEnd;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.nio.ByteBuffer;
import java.time.Duration;

/** Moves the bytes between two sockets of this host, outside of Netty. */
@FunctionalInterface
public interface SocketRelay {

    /**
     * Joins two connected sockets until both directions have ended.
     *
     * @param id the request's id, not in use by another dial or tunnel
     * @param clientFd the callee's from here on, whatever happens
     * @param targetFd stays the caller's, who may close it after this call: the callee works on a duplicate
     * @param early bytes of the client that go to the target first; read during this call only
     * @param earlyAnswer bytes of the target that go to the client first; read during this call only
     * @param idleTimeout zero means none
     * @param executor completes the result
     * @return cancelling it resets the tunnel
     */
    Future<TunnelEnd> relay(
            long id,
            int clientFd,
            int targetFd,
            ByteBuffer early,
            ByteBuffer earlyAnswer,
            Duration idleTimeout,
            EventExecutor executor);
}
