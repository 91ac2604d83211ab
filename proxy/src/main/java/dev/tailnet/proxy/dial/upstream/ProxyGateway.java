package dev.tailnet.proxy.dial.upstream;

import dev.tailnet.proxy.dial.Gateway;
import dev.tailnet.proxy.dial.Upstream;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.Target;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Predicate;

/**
 * Opens connections through an upstream proxy.
 *
 * <p>The executor given to a dial has to be an epoll event loop: the connection to the proxy lives on it until it is relayed,
 * which has to be asked for on the same loop.
 */
public final class ProxyGateway implements Gateway {
    private final UpstreamProxy proxy;
    private final NoProxy noProxy;
    private final Predicate<InetSocketAddress> ownListeners;
    private final HostLookup lookup;
    private final SocketRelay relay;

    /**
     * @param noProxy what does not go through the proxy
     * @param ownListeners whether this process itself listens at an address, asked before each connection: a proxy that is
     *     its own upstream would be a circle
     * @param lookup finds the proxy when it is given by name
     */
    public ProxyGateway(
            UpstreamProxy proxy,
            NoProxy noProxy,
            Predicate<InetSocketAddress> ownListeners,
            HostLookup lookup,
            SocketRelay relay) {
        this.proxy = proxy;
        this.noProxy = noProxy;
        this.ownListeners = ownListeners;
        this.lookup = lookup;
        this.relay = relay;
    }

    @Override
    public boolean carries(Target target) {
        return !noProxy.exempts(target);
    }

    @Override
    public boolean carries(Target target, InetAddress address) {
        return !noProxy.exempts(target) && !noProxy.exempts(address, target.port());
    }

    @Override
    public Future<Upstream> dial(long id, InetSocketAddress remote, Duration timeout, EventExecutor executor) {
        return dial(id, new Target(new Host.Address(remote.getAddress()), remote.getPort()), timeout, executor);
    }

    @Override
    public Future<Upstream> dial(long id, Target target, Duration timeout, EventExecutor executor) {
        var dial = new ProxyDial(id, proxy, target, ownListeners, relay, timeout, (EventLoop) executor);
        dial.start(lookup);
        return dial;
    }
}
