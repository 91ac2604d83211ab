package dev.tailnet.proxy.connect;

import dev.tailnet.proxy.audit.AuditSink;
import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.connection.HandlerNames;
import dev.tailnet.proxy.policy.Policy;
import dev.tailnet.proxy.policy.Verdict;
import dev.tailnet.proxy.relay.HandOver;
import dev.tailnet.proxy.relay.Sockets;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.ConnectRequest.Protocol;
import dev.tailnet.proxy.request.LocalRequest;
import dev.tailnet.proxy.request.PlainRequest;
import dev.tailnet.proxy.request.Target;
import dev.tailnet.proxy.resolve.Resolvers;
import dev.tailnet.proxy.route.RouteTable;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Makes connections and tunnels out of requests: the way in for every front end. Safe for use by any event loop. */
public final class Connector {
    final Policy policy;
    final Readiness readiness;
    final Resolvers resolvers;
    final RouteTable routes;
    final Ways ways;
    final AuditSink audit;
    volatile Timeouts timeouts;
    final Sockets sockets;
    final HandOver handOver;
    final EstablishedRequests established = new EstablishedRequests();
    private final AtomicLong ids = new AtomicLong();

    public Connector(
            Policy policy,
            Readiness readiness,
            Resolvers resolvers,
            RouteTable routes,
            Ways ways,
            AuditSink audit,
            Timeouts timeouts,
            Sockets sockets) {
        this.policy = policy;
        this.readiness = readiness;
        this.resolvers = resolvers;
        this.routes = routes;
        this.ways = ways;
        this.audit = audit;
        this.timeouts = timeouts;
        this.sockets = sockets;
        this.handOver = new HandOver(sockets);
    }

    /**
     * Puts a handler at the end of the pipeline that does the rest. It begins at the next {@code channelReadComplete}: by
     * then the front end has removed its own handlers, and the bytes they still held have arrived here as early data. Or, if
     * the channel is not active yet, when it becomes so.
     *
     * @param connection of TCP or of a unix socket
     * @param role the client's user name; null for one that was not asked for it
     */
    public void connect(
            Connection connection, Protocol protocol, @Nullable String role, Target target, Replies replies) {
        install(connection, request(protocol, connection.clientAddress(), role, target), replies, false);
    }

    /** The same for a command of this agent's own, on a connection over a unix socket. */
    public void connect(Connection connection, LocalRequest asked, Replies replies) {
        connection.asksFor(asked.process());
        ConnectRequest request = request(Protocol.CLI, connection.clientAddress(), asked);
        install(connection, request, replies, asked.way() == LocalRequest.Way.PASSED_STREAM);
    }

    /** One of such a command. */
    public ConnectRequest request(Protocol protocol, SocketAddress client, LocalRequest asked) {
        return new ConnectRequest(
                ids.incrementAndGet(), protocol, client, null, asked.target(), null, asked.at(), asked.alsoCalled());
    }

    private void install(Connection connection, ConnectRequest request, Replies replies, boolean passesSocket) {
        connection.waiting();
        Channel channel = connection.channel();
        channel.config().setAutoRead(false);
        channel.pipeline()
                .addLast(HandlerNames.CONNECT, new ConnectHandler(this, connection, request, replies, passesSocket));
    }

    /** A request with a number of its own. */
    public ConnectRequest request(Protocol protocol, SocketAddress client, @Nullable String role, Target target) {
        return new ConnectRequest(ids.incrementAndGet(), protocol, client, role, target);
    }

    /** One of plain HTTP that is to be passed on. */
    public ConnectRequest request(SocketAddress client, @Nullable String role, Target target, PlainRequest http) {
        return new ConnectRequest(ids.incrementAndGet(), Protocol.HTTP, client, role, target, http);
    }

    /**
     * Takes all steps from the policy to the dial. To be called on the executor, where the result completes and is to be
     * cancelled when the client leaves.
     */
    public Opening open(ConnectRequest request, EventExecutor executor) {
        var opening = new Opening(this, request, executor);
        opening.begin();
        return opening;
    }

    /**
     * Takes all steps up to a flow of datagrams, as {@link #open} does to a connection.
     *
     * @param conduits has the conduit that the flow is to go through; asked once the flow is allowed
     */
    public FlowOpening openFlow(ConnectRequest request, ConduitSource conduits, EventExecutor executor) {
        var opening = new FlowOpening(this, request, conduits, executor);
        opening.begin();
        return opening;
    }

    /**
     * Judges whether a connection that an earlier request opened may serve this one: the policy on the target, then on the
     * address by the way that leads there now.
     *
     * @param way of the connection
     * @return null when the connection must not serve the request; then it is of no more use, and {@link #open} says why
     */
    public @Nullable Trail reuse(ConnectRequest request, Candidate way) {
        Policy now = policy.current();
        return readiness.isReady()
                        && leads(request.target(), way)
                        && way.judgedBy(now, request) instanceof Verdict.Allowed allowed
                ? Trail.reusing(this, request, now, way.allowedBy(allowed))
                : null;
    }

    private boolean leads(Target target, Candidate way) {
        InetAddress address = way.address();
        return address == null
                ? ways.proxiedFor(target) != null
                : ways.routesTo(target, routes).routeOf(address) == way.route();
    }

    /**
     * Makes a client's connection and one to a target a tunnel once what was written to the client has been flushed: an
     * upgraded protocol's bytes are moved elsewhere. To be called on the event loop of both, whose pipelines have no use for
     * further bytes.
     *
     * @param early bytes that the client has sent already; released here
     * @param trail of the established request; its end is told here
     */
    public void join(Connection connection, Channel upstream, @Nullable ByteBuf early, Trail trail) {
        new Junction(this, connection, upstream, early, trail).begin();
    }

    /**
     * Lets a client's request take its first step, unless the client has one connection too many.
     *
     * @throws ConnectFailure with what to tell the client; the audit has heard of it by then
     */
    public void admit(Connection connection, ConnectRequest request) throws ConnectFailure {
        try {
            connection.admit();
        } catch (ConnectFailure e) {
            turnAway(request, e);
            throw e;
        }
    }

    /** Tells the audit of a request that takes no step. */
    public void turnAway(ConnectRequest request, ConnectFailure why) {
        new Trail(this, request, policy.current()).failed(why);
    }

    /**
     * Ends what was established under another policy and is denied by the one in force.
     *
     * @return how many connections, exchanges and flows
     */
    public int endWhatIsDenied() {
        return established.endWhatIsDenied(policy.current());
    }

    /** From now on these are the times; what is under way may go on with those before. */
    public void limit(Timeouts changed) {
        timeouts = changed;
    }
}
