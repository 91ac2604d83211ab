package dev.tailnet.proxy.connect;

import dev.tailnet.proxy.audit.AuditSink;
import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.connection.HandlerNames;
import dev.tailnet.proxy.dial.Dialer;
import dev.tailnet.proxy.policy.Policy;
import dev.tailnet.proxy.relay.FdDuplicator;
import dev.tailnet.proxy.relay.HandOver;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.ConnectRequest.Protocol;
import dev.tailnet.proxy.request.Target;
import dev.tailnet.proxy.resolve.Resolver;
import dev.tailnet.proxy.route.RouteTable;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicLong;

/** Makes tunnels out of requests: the way in for every front end. Safe for use by any event loop. */
public final class Connector {
    final Policy policy;
    final Readiness readiness;
    final Resolver resolver;
    final RouteTable routes;
    final Dialer tailnet;
    final Dialer direct;
    final AuditSink audit;
    final Timeouts timeouts;
    final HandOver handOver;
    private final AtomicLong ids = new AtomicLong();

    /**
     * @param tailnet dials what {@code routes} does not call direct
     * @param direct dials from this host's own network
     */
    public Connector(
            Policy policy,
            Readiness readiness,
            Resolver resolver,
            RouteTable routes,
            Dialer tailnet,
            Dialer direct,
            AuditSink audit,
            Timeouts timeouts,
            FdDuplicator duplicator) {
        this.policy = policy;
        this.readiness = readiness;
        this.resolver = resolver;
        this.routes = routes;
        this.tailnet = tailnet;
        this.direct = direct;
        this.audit = audit;
        this.timeouts = timeouts;
        this.handOver = new HandOver(duplicator);
    }

    /**
     * Puts a handler at the end of the pipeline that does the rest. It begins at the next {@code channelReadComplete}: by
     * then the front end has removed its own handlers, and the bytes they still held have arrived here as early data.
     */
    public void connect(Connection connection, Protocol protocol, Target target, Replies replies) {
        connection.waiting();
        Channel channel = connection.channel();
        channel.config().setAutoRead(false);
        var request = new ConnectRequest(
                ids.incrementAndGet(), protocol, (InetSocketAddress) channel.remoteAddress(), target);
        channel.pipeline().addLast(HandlerNames.CONNECT, new ConnectHandler(this, connection, request, replies));
    }
}
