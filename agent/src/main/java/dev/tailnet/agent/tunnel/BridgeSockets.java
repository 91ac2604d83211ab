package dev.tailnet.agent.tunnel;

import dev.tailnet.bridge.BridgeException;
import dev.tailnet.bridge.Descriptors;
import dev.tailnet.bridge.TailnetNode;
import dev.tailnet.proxy.relay.Sockets;
import dev.tailnet.proxy.request.TunnelEnd;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;

/** Sockets of this process, and the library that moves bytes between them. */
public final class BridgeSockets implements Sockets {
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
        TailnetNode node = Objects.requireNonNull(link.node(), "a connection was dialed without a node");
        PendingOperations pending = link.pending();
        var tunnel = new PendingTunnel(id, executor, link::cancel);
        pending.add(id, tunnel);
        try {
            node.relay(id, clientFd, targetFd, early, idleTimeout);
        } catch (BridgeException e) {
            pending.remove(id, tunnel);
            tunnel.fail(e.code(), e.getMessage());
        }
        return tunnel;
    }
}
