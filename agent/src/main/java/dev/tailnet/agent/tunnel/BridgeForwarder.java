package dev.tailnet.agent.tunnel;

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
        return link.ask(new PendingQuery(id, timeout, executor, link::cancel), node -> node.query(id, query, timeout));
    }
}
