package dev.tailnet.agent;

import dev.tailnet.agent.node.NodeSupervisor;
import dev.tailnet.agent.tunnel.BridgeForwarder;
import dev.tailnet.agent.tunnel.BridgeResolver;
import dev.tailnet.agent.tunnel.NodeLink;
import dev.tailnet.proxy.dns.DnsCounts;
import dev.tailnet.proxy.dns.DnsFrontEnd;
import dev.tailnet.proxy.policy.Policy;
import dev.tailnet.proxy.request.AddressText;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.LocalRequest;
import dev.tailnet.proxy.resolve.CachingResolver;
import dev.tailnet.proxy.resolve.Resolvers;
import dev.tailnet.proxy.route.RouteTable;
import dev.tailnet.proxy.server.BindFailure;
import dev.tailnet.proxy.server.DnsServer;
import dev.tailnet.proxy.server.EventLoops;
import io.netty.channel.ChannelPipeline;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All about names: the lookups that the whole agent shares, and the DNS listeners. */
final class Names implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Names.class);

    private final CachingResolver resolver;
    private final Resolvers resolvers;
    private final DnsFrontEnd frontEnd;
    private @Nullable DnsServer server;

    Names(NodeLink link, NodeSupervisor node, RouteTable routes, Policy policy) {
        resolver = new CachingResolver(BridgeResolver.everywhere(link));
        node.onChange(resolver::forget);
        resolvers = new Resolvers(resolver, BridgeResolver.inTailnet(link));
        frontEnd = new DnsFrontEnd(
                policy,
                resolvers,
                new BridgeForwarder(link),
                routes,
                () -> node.readiness().isReady());
    }

    CachingResolver resolver() {
        return resolver;
    }

    Resolvers resolvers() {
        return resolvers;
    }

    DnsCounts dnsCounts() {
        return frontEnd.counts();
    }

    /** Has a connection answer DNS messages as they are framed over TCP. */
    void serve(ChannelPipeline stream) {
        frontEnd.installTcp(stream);
    }

    /** A request with no claim about its target's name but one that can be believed, as it was told here. */
    LocalRequest believed(LocalRequest request) {
        InetAddress at = request.at();
        List<String> alsoCalled = at != null && request.target().host() instanceof Host.Name(String name)
                ? frontEnd.hasTold(name, at)
                : null;
        return alsoCalled == null ? request.withoutName() : request.alsoCalled(alsoCalled);
    }

    void listen(EventLoops loops, List<InetSocketAddress> addresses, OpenListeners listeners) throws StartFailure {
        if (addresses.isEmpty()) {
            return;
        }
        DnsServer opened;
        try {
            opened = DnsServer.bind(loops, addresses, frontEnd);
        } catch (BindFailure e) {
            throw new StartFailure(ExitCode.LISTEN, String.valueOf(e.getMessage()), e);
        }
        server = opened;
        for (InetSocketAddress address : opened.listeners()) {
            listeners.addDns(address);
            LOGGER.info("Listening on {} (dns, UDP and TCP)", AddressText.of(address));
        }
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
    }
}
