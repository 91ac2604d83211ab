package dev.tailnet.proxy.server;

import dev.tailnet.proxy.auth.Authenticator;
import dev.tailnet.proxy.connect.Connector;
import dev.tailnet.proxy.connection.Connections;
import dev.tailnet.proxy.connection.Counts;
import dev.tailnet.proxy.http.HttpFrontEnd;
import dev.tailnet.proxy.http.HttpLimits;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.PromiseCombiner;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The proxy's listeners and their connections. */
public final class ProxyServer {
    private static final int BACKLOG = 1024;
    private static final int ABORT_SECONDS = 1;

    private final EventLoops loops;
    private final Connections connections;
    private final List<Channel> channels = new ArrayList<>();
    private final List<ListenerSpec> listeners = new ArrayList<>();

    private volatile Limits limits;

    private ProxyServer(EventLoops loops, Limits limits) {
        this.loops = loops;
        this.limits = limits;
        this.connections = new Connections(limits.connections(), limits.connectionsPerClient());
    }

    /**
     * Opens all listeners, or none. Not to be called on an event loop.
     *
     * @throws BindFailure for the first that does not open; the others are closed again
     */
    public static ProxyServer bind(
            EventLoops loops, List<ListenerSpec> specs, Connector connector, Authenticator authenticator, Limits limits)
            throws BindFailure {
        var server = new ProxyServer(loops, limits);
        var http = new HttpFrontEnd(connector, authenticator, HttpLimits.DEFAULT);
        try {
            for (ListenerSpec spec : specs) {
                server.open(spec, connector, authenticator, http);
            }
        } catch (BindFailure e) {
            server.stopAccepting().awaitUninterruptibly();
            throw e;
        }
        return server;
    }

    private void open(ListenerSpec spec, Connector connector, Authenticator authenticator, HttpFrontEnd http)
            throws BindFailure {
        if (spec.address().isUnresolved()) {
            throw BindFailure.of(spec.address(), new UnresolvedAddressException());
        }
        var channel = new EpollServerSocketChannel(
                spec.address().getAddress() instanceof Inet4Address
                        ? SocketProtocolFamily.INET
                        : SocketProtocolFamily.INET6);
        channel.config().setOption(ChannelOption.SO_REUSEADDR, true);
        channel.config().setOption(ChannelOption.SO_BACKLOG, BACKLOG);
        channel.pipeline()
                .addLast(new Acceptor(
                        loops.group(),
                        connections,
                        new ClientPipeline(spec.kind(), connector, authenticator, http, () -> limits)));
        var bound = loops.group().register(channel).awaitUninterruptibly();
        if (bound.isSuccess()) {
            bound = channel.bind(spec.address()).awaitUninterruptibly();
        }
        if (!bound.isSuccess()) {
            channel.close();
            throw BindFailure.of(spec.address(), bound.cause());
        }
        channels.add(channel);
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

    public Counts counts() {
        return connections.counts();
    }

    /** Closes the listeners; connections go on. */
    public Future<Void> stopAccepting() {
        EventExecutor executor = loops.group().next();
        Promise<Void> stopped = executor.newPromise();
        executor.execute(() -> {
            var combiner = new PromiseCombiner(executor);
            channels.forEach(channel -> combiner.add((Future<?>) channel.close()));
            combiner.finish(stopped);
        });
        return stopped;
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
