package dev.tailnet.agent.tunnel;

import dev.tailnet.bridge.Via;
import dev.tailnet.proxy.dial.Dialer;
import dev.tailnet.proxy.dial.Upstream;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;

/** Dials through the bridge by one way. */
public final class BridgeDialer implements Dialer {
    private final NodeLink link;
    private final Via via;

    private BridgeDialer(NodeLink link, Via via) {
        this.link = link;
        this.via = via;
    }

    /** One that reaches only what the tailnet owns. */
    public static BridgeDialer tailnet(NodeLink link) {
        return new BridgeDialer(link, Via.TAILNET);
    }

    /** One that dials from this host's own network. */
    public static BridgeDialer direct(NodeLink link) {
        return new BridgeDialer(link, Via.DIRECT);
    }

    @Override
    public Future<Upstream> dial(long id, InetSocketAddress remote, Duration timeout, EventExecutor executor) {
        var dial = new PendingDial(
                id, via, remote, timeout, executor, dialed -> new BridgeUpstream(link, dialed, executor), link::cancel);
        return link.ask(dial, node -> node.dial(id, via, remote.getAddress(), remote.getPort(), timeout));
    }
}
