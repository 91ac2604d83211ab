package dev.tailnet.agent.tunnel;

import dev.tailnet.bridge.TailnetNode;
import dev.tailnet.proxy.resolve.Resolution;
import dev.tailnet.proxy.resolve.Resolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;

/** Looks names up through the bridge. */
public final class BridgeResolver implements Resolver {
    private final NodeLink link;
    private final Lookup lookup;

    private BridgeResolver(NodeLink link, Lookup lookup) {
        this.link = link;
        this.lookup = lookup;
    }

    /** One that knows the tailnet's names, then the system's. */
    public static BridgeResolver everywhere(NodeLink link) {
        return new BridgeResolver(link, TailnetNode::resolve);
    }

    /** One that knows the tailnet's names; for any other it fails with {@code NOT_ON_TAILNET}. */
    public static BridgeResolver inTailnet(NodeLink link) {
        return new BridgeResolver(link, TailnetNode::resolveInTailnet);
    }

    /** The call that starts a lookup. */
    @FunctionalInterface
    private interface Lookup {
        void start(TailnetNode node, long id, String name, Duration timeout);
    }

    @Override
    public Future<Resolution> resolve(String name, Duration timeout, EventExecutor executor) {
        long id = link.nextId();
        return link.ask(
                new PendingLookup(id, name, timeout, executor, link::cancel),
                node -> lookup.start(node, id, name, timeout));
    }
}
