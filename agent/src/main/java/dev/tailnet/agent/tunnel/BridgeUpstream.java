package dev.tailnet.agent.tunnel;

import dev.tailnet.bridge.BridgeException;
import dev.tailnet.bridge.TailnetNode;
import dev.tailnet.proxy.dial.Upstream;
import dev.tailnet.proxy.request.TunnelEnd;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;

/** A connection that the library holds under an id. */
final class BridgeUpstream implements Upstream {
    private final NodeLink link;
    private final long id;
    private final EventExecutor executor;

    BridgeUpstream(NodeLink link, long id, EventExecutor executor) {
        this.link = link;
        this.id = id;
        this.executor = executor;
    }

    @Override
    public Future<TunnelEnd> relay(int clientFd, ByteBuffer early, Duration idleTimeout) {
        TailnetNode node = Objects.requireNonNull(link.node(), "a connection was dialed without a node");
        PendingOperations pending = link.pending();
        var tunnel = new PendingTunnel(id, executor, link::cancel);
        pending.add(id, tunnel);
        try {
            node.relay(id, clientFd, early, idleTimeout);
        } catch (BridgeException e) {
            pending.remove(id, tunnel);
            tunnel.fail(e.code(), e.getMessage());
        }
        return tunnel;
    }

    @Override
    public void discard() {
        link.cancel(id);
    }
}
