package dev.tailnet.agent.tunnel;

import dev.tailnet.bridge.BridgeException;
import dev.tailnet.bridge.Code;
import dev.tailnet.bridge.TailnetNode;
import dev.tailnet.proxy.resolve.Resolution;
import dev.tailnet.proxy.resolve.Resolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;

/** Looks names up through the bridge: the tailnet's names first, then the system's. */
public final class BridgeResolver implements Resolver {
    private final NodeLink link;

    public BridgeResolver(NodeLink link) {
        this.link = link;
    }

    @Override
    public Future<Resolution> resolve(String name, Duration timeout, EventExecutor executor) {
        long id = link.nextId();
        var lookup = new PendingLookup(id, name, timeout, executor, link::cancel);
        TailnetNode node = link.node();
        if (node == null) {
            lookup.fail(Code.NODE_DOWN, link.whyNotUp());
            return lookup;
        }
        PendingOperations pending = link.pending();
        pending.add(id, lookup);
        try {
            node.resolve(id, name, timeout);
        } catch (BridgeException e) {
            pending.remove(id, lookup);
            lookup.fail(e.code(), e.getMessage());
        }
        return lookup;
    }
}
