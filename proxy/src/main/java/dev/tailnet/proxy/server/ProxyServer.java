package dev.tailnet.proxy.server;

import dev.tailnet.proxy.auth.Authenticator;
import dev.tailnet.proxy.connect.Connector;
import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.connection.Connections;
import dev.tailnet.proxy.connection.Counts;
import dev.tailnet.proxy.datagram.Datagrams;
import dev.tailnet.proxy.forward.ForwardFrontEnd;
import dev.tailnet.proxy.http.HttpFrontEnd;
import dev.tailnet.proxy.http.HttpLimits;
import dev.tailnet.proxy.request.LocalRequest;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The proxy's listeners and their connections. */
public final class ProxyServer {
    private static final int ABORT_SECONDS = 1;

    private final EventLoops loops;
    private final Connections connections;
    private final Connector connector;
    private final Datagrams datagrams;
    private final TcpListeners sockets;
    private final UdpListeners datagramSockets;
    private final Forwards forwards;
    private final List<ListenerSpec> listeners = new ArrayList<>();

    private volatile Limits limits;

    private ProxyServer(EventLoops loops, Connector connector, Datagrams datagrams, Limits limits) {
        this.loops = loops;
        this.connector = connector;
        this.datagrams = datagrams;
        this.limits = limits;
        this.connections = new Connections(limits.connections(), limits.connectionsPerClient());
        this.sockets = new TcpListeners(loops, connections);
        this.datagramSockets = new UdpListeners(loops, datagrams);
        this.forwards = new Forwards(sockets, datagramSockets, connector);
    }

    /**
     * Opens all listeners, or none. Not to be called on an event loop.
     *
     * @throws BindFailure for the first that does not open; the others are closed again
     */
    public static ProxyServer bind(
            EventLoops loops,
            List<ListenerSpec> specs,
            Connector connector,
            Datagrams datagrams,
            Authenticator authenticator,
            Limits limits)
            throws BindFailure {
        var server = new ProxyServer(loops, connector, datagrams, limits);
        var http = new HttpFrontEnd(connector, authenticator, HttpLimits.DEFAULT);
        try {
            for (ListenerSpec spec : specs) {
                server.open(spec, datagrams, authenticator, http);
            }
        } catch (BindFailure e) {
            server.stopAccepting().awaitUninterruptibly();
            throw e;
        }
        return server;
    }

    private void open(ListenerSpec spec, Datagrams datagrams, Authenticator authenticator, HttpFrontEnd http)
            throws BindFailure {
        Channel channel = sockets.open(
                spec.address(),
                new ClientPipeline(spec.kind(), connector, datagrams, authenticator, http, () -> limits));
        listeners.add(new ListenerSpec(spec.kind(), (InetSocketAddress) channel.localAddress()));
    }

    /** The listeners with the addresses and ports they got, in the order they were asked for. */
    public List<ListenerSpec> listeners() {
        return List.copyOf(listeners);
    }

    /** From now on these are the limits; what is open goes on. */
    public void limit(Limits changed) {
        limits = changed;
        connections.limit(changed.connections(), changed.connectionsPerClient());
    }

    /** The static forwards: none is open at first. Their connections are counted, limited and drained with the others. */
    public Forwards forwards() {
        return forwards;
    }

    /**
     * Makes a channel that came in elsewhere one of this server's connections, which has asked for a tunnel: a handler at
     * the end of its pipeline answers as to an HTTP CONNECT, from the next {@code channelReadComplete} on.
     *
     * @param client of a command of this agent's own
     * @return false when the limit of connections is reached; then nothing was done
     */
    public boolean tunnel(Channel client, LocalRequest request) {
        Connection connection = connections.accepted(client);
        if (connection == null) {
            return false;
        }
        client.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        if (request.way() == LocalRequest.Way.PASSED_DATAGRAMS) {
            ForwardFrontEnd.installPassed(connection, datagrams, request, HttpFrontEnd.replies(request));
        } else {
            HttpFrontEnd.connect(connection, connector, request);
        }
        return true;
    }

    public Counts counts() {
        return connections.counts();
    }

    /** Closes the listeners; connections go on, while forwarded datagrams, which have no end of their own, stop. */
    public Future<Void> stopAccepting() {
        forwards.close();
        datagramSockets.closeAll();
        return sockets.closeAll();
    }

    /**
     * Stops accepting and lets what is open come to its end, for a while.
     *
     * @param patience after this, the connections that are left are closed
     * @return completes when none is left, at the latest a second after they were closed, with the number of those
     */
    public Future<Integer> drain(Duration patience) {
        EventExecutor executor = loops.group().next();
        Promise<Integer> drained = executor.newPromise();
        stopAccepting().addListener(stopped -> {
            connections.drain();
            var limit = executor.schedule(
                    () -> {
                        int cut = connections.abortAll();
                        connections.whenNone(() -> drained.trySuccess(cut));
                        executor.schedule(() -> drained.trySuccess(cut), ABORT_SECONDS, TimeUnit.SECONDS);
                    },
                    patience.toNanos(),
                    TimeUnit.NANOSECONDS);
            connections.whenNone(() -> {
                // Once the time has passed, the answer is the number that was cut.
                if (limit.cancel(false)) {
                    drained.trySuccess(0);
                }
            });
        });
        return drained;
    }
}
