package dev.tailnet.proxy.relay;

import dev.tailnet.proxy.request.TunnelEnd;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/** What the proxy needs of sockets and neither Java nor Netty has a call for. Implemented outside; never blocks. */
public interface Sockets {

    /**
     * Makes a second descriptor of the same open file, closed on exec: {@code fcntl(fd, F_DUPFD_CLOEXEC, 0)}.
     *
     * @throws IOException when there is none left, in words that name the cause
     */
    int duplicate(int fd) throws IOException;

    /**
     * Makes two stream sockets that are joined, non-blocking and closed on exec: {@code socketpair(2)}.
     *
     * @throws IOException when there are no descriptors left, in words that name the cause
     */
    Pair pair() throws IOException;

    /**
     * Moves bytes between two connected stream sockets until both directions have ended.
     *
     * @param id a request's id, not in use by another tunnel
     * @param clientFd the callee's from here on, whatever happens; so is {@code targetFd}
     * @param early bytes that the client has sent already; read during this call only
     * @param idleTimeout zero means none
     * @return cancelling it resets both
     */
    Future<TunnelEnd> join(
            long id, int clientFd, int targetFd, ByteBuffer early, Duration idleTimeout, EventExecutor executor);

    /**
     * The descriptors of two joined sockets.
     *
     * @param near the one that stays with the caller
     * @param far the one to be given away
     */
    record Pair(int near, int far) {}
}
