package dev.tailnet.agent;

import dev.tailnet.agent.config.UpstreamSettings;
import dev.tailnet.agent.tunnel.BridgeDialer;
import dev.tailnet.agent.tunnel.BridgeSockets;
import dev.tailnet.agent.tunnel.NodeLink;
import dev.tailnet.proxy.connect.Ways;
import dev.tailnet.proxy.dial.Gateway;
import dev.tailnet.proxy.dial.upstream.HostLookup;
import dev.tailnet.proxy.dial.upstream.NoProxy;
import dev.tailnet.proxy.dial.upstream.ProxyGateway;
import dev.tailnet.proxy.policy.OwnListeners;
import dev.tailnet.proxy.resolve.Resolution;
import dev.tailnet.proxy.resolve.Resolver;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** The ways that the settings leave open to connections. */
final class ConnectionWays {
    private ConnectionWays() {}

    /**
     * @param isDirect whether targets outside the tailnet may leave from here at the moment: where an exit node carries the
     *     rest of the world, or nothing does, a name must not slip out past that
     * @param own where the agent listens: its upstream proxy must not be there, whatever its name leads to
     * @param resolver finds the upstream proxy
     */
    static Ways of(
            Optional<UpstreamSettings> settings,
            BooleanSupplier isDirect,
            NodeLink link,
            BridgeSockets sockets,
            OwnListeners own,
            Resolver resolver) {
        return new Ways(
                BridgeDialer.tailnet(link),
                BridgeDialer.direct(link),
                settings.filter(UpstreamSettings::direct)
                        .map(upstream -> proxied(upstream, isDirect, sockets, own, resolver))
                        .orElse(null));
    }

    private static Gateway proxied(
            UpstreamSettings settings,
            BooleanSupplier isDirect,
            BridgeSockets sockets,
            OwnListeners own,
            Resolver resolver) {
        return new OpenGateway(
                new ProxyGateway(
                        settings.proxy(),
                        NoProxy.of(settings.noProxy()),
                        address -> own.include(address.getAddress(), address.getPort()),
                        lookup(resolver),
                        sockets),
                isDirect);
    }

    private static HostLookup lookup(Resolver resolver) {
        return (name, timeout, executor) -> {
            Promise<List<InetAddress>> found = executor.newPromise();
            Future<Resolution> lookup = resolver.resolve(name, timeout, executor);
            lookup.addListener((Future<Resolution> done) -> {
                if (done.isSuccess()) {
                    found.trySuccess(done.getNow().addresses());
                } else {
                    found.tryFailure(done.cause());
                }
            });
            found.addListener(done -> {
                if (done.isCancelled()) {
                    lookup.cancel(true);
                }
            });
            return found;
        };
    }
}
