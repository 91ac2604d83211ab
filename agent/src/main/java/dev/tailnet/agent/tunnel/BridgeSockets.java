package dev.tailnet.agent.tunnel;

import dev.tailnet.bridge.Code;
import dev.tailnet.bridge.Descriptors;
import dev.tailnet.proxy.dial.upstream.SocketRelay;
import dev.tailnet.proxy.relay.Sockets;
import dev.tailnet.proxy.request.TunnelEnd;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sockets of this process, and the library that moves bytes between them. */
public final class BridgeSockets implements Sockets, SocketRelay {
    private static final Logger LOGGER = LoggerFactory.getLogger(BridgeSockets.class);
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final NodeLink link;

    public BridgeSockets(NodeLink link) {
        this.link = link;
    }

    @Override
    public int duplicate(int fd) throws IOException {
        return Descriptors.duplicate(fd);
    }

    @Override
    public Pair pair() throws IOException {
        int[] pair = Descriptors.socketPair();
        return new Pair(pair[0], pair[1]);
    }

    @Override
    public Future<TunnelEnd> join(
            long id, int clientFd, int targetFd, ByteBuffer early, Duration idleTimeout, EventExecutor executor) {
        return join(id, clientFd, targetFd, early, NOTHING, idleTimeout, executor);
    }

    @Override
    public Future<TunnelEnd> relay(
            long id,
            int clientFd,
            int targetFd,
            ByteBuffer early,
            ByteBuffer earlyAnswer,
            Duration idleTimeout,
            EventExecutor executor) {
        int target;
        try {
            target = Descriptors.duplicate(targetFd);
        } catch (IOException e) {
            close(clientFd);
            var never = new PendingTunnel(id, executor, link::cancel);
            never.fail(Code.RESOURCES, String.valueOf(e.getMessage()));
            return never;
        }
        return join(id, clientFd, target, early, earlyAnswer, idleTimeout, executor);
    }

    private Future<TunnelEnd> join(
            long id,
            int clientFd,
            int targetFd,
            ByteBuffer early,
            ByteBuffer earlyAnswer,
            Duration idleTimeout,
            EventExecutor executor) {
        return link.tunnel(id, executor, node -> node.relay(id, clientFd, targetFd, early, earlyAnswer, idleTimeout));
    }

    private static void close(int fd) {
        try {
            new FileDescriptor(fd).close();
        } catch (IOException e) {
            LOGGER.warn("Cannot close descriptor {}", fd, e);
        }
    }
}
