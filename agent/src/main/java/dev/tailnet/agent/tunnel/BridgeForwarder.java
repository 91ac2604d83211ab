package dev.tailnet.agent.tunnel;

import dev.tailnet.bridge.BridgeException;
import dev.tailnet.bridge.Code;
import dev.tailnet.bridge.TailnetNode;
import dev.tailnet.proxy.resolve.DnsForwarder;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;

/** Has DNS queries answered through the bridge. */
public final class BridgeForwarder implements DnsForwarder {
    private final NodeLink link;

    public BridgeForwarder(NodeLink link) {
        this.link = link;
    }

    @Override
    public Future<byte[]> forward(byte[] query, Duration timeout, EventExecutor executor) {
        long id = link.nextId();
        var pendingQuery = new PendingQuery(id, timeout, executor, link::cancel);
        TailnetNode node = link.node();
        if (node == null) {
            pendingQuery.fail(Code.NODE_DOWN, link.whyNotUp());
            return pendingQuery;
        }
        PendingOperations pending = link.pending();
        pending.add(id, pendingQuery);
        try {
            node.query(id, query, timeout);
        } catch (BridgeException e) {
            pending.remove(id, pendingQuery);
            pendingQuery.fail(e.code(), e.getMessage());
        }
        return pendingQuery;
    }
}
