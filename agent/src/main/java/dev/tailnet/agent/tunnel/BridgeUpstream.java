package dev.tailnet.agent.tunnel;

import dev.tailnet.proxy.dial.Upstream;
import dev.tailnet.proxy.request.TunnelEnd;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.nio.ByteBuffer;
import java.time.Duration;

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
        return link.tunnel(id, executor, node -> node.relay(id, clientFd, early, idleTimeout));
    }

    @Override
    public void discard() {
        link.cancel(id);
    }
}
