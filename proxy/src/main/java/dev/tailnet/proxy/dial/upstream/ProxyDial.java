package dev.tailnet.proxy.dial.upstream;

import dev.tailnet.proxy.dial.Upstream;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.Target;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A dial through the upstream proxy under way: finds the proxy, connects to the first of its addresses that answers, shakes hands. */
final class ProxyDial extends DefaultPromise<Upstream> {
    /** As Go's dialer has it, which makes the direct connections. */
    private static final int KEEP_ALIVE_SECONDS = 15;

    private final long id;
    private final UpstreamProxy proxy;
    private final Target target;
    private final Predicate<InetSocketAddress> ownListeners;
    private final SocketRelay relay;
    private final Duration timeout;
    private final EventLoop loop;
    private final ProxyFailures failures;
    private final Deque<InetAddress> addresses = new ArrayDeque<>(2);

    private @Nullable Future<?> lookup;
    private @Nullable Channel channel;
    private @Nullable Handshake handshake;
    private @Nullable ConnectFailure firstFailure;

    ProxyDial(
            long id,
            UpstreamProxy proxy,
            Target target,
            Predicate<InetSocketAddress> ownListeners,
            SocketRelay relay,
            Duration timeout,
            EventLoop loop) {
        super(loop);
        this.id = id;
        this.proxy = proxy;
        this.target = target;
        this.ownListeners = ownListeners;
        this.relay = relay;
        this.timeout = timeout;
        this.loop = loop;
        this.failures = new ProxyFailures(proxy, target);
    }

    void start(HostLookup hosts) {
        Future<?> alarm = loop.schedule(this::timedOut, timeout.toNanos(), TimeUnit.NANOSECONDS);
        addListener(done -> {
            alarm.cancel(false);
            if (!done.isSuccess()) {
                abandon();
            }
        });
        switch (proxy.at().host()) {
            case Host.Address(InetAddress address) -> connect(List.of(address));
            case Host.Name(String name) -> {
                Future<List<InetAddress>> found = hosts.lookUp(name, timeout, loop);
                lookup = found;
                found.addListener((Future<List<InetAddress>> done) -> {
                    lookup = null;
                    if (isDone()) {
                        return;
                    }
                    if (done.isSuccess()) {
                        connect(done.getNow());
                    } else {
                        tryFailure(failures.notFound(done.cause()));
                    }
                });
            }
        }
    }

    private void connect(List<InetAddress> found) {
        addresses.addAll(found);
        connectNext();
    }

    private void connectNext() {
        InetAddress address = addresses.poll();
        if (address == null) {
            tryFailure(firstFailure == null ? failures.notFound(new UnknownHostException("no address")) : firstFailure);
            return;
        }
        var at = new InetSocketAddress(address, proxy.at().port());
        if (ownListeners.test(at)) {
            tryFailure(failures.isThisAgent(at));
            return;
        }
        var shake = new Handshake(proxy, at);
        ChannelFuture connected = new Bootstrap()
                .group(loop)
                .channel(EpollSocketChannel.class)
                .disableResolver()
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, millis(timeout.dividedBy(addresses.size() + 1)))
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(EpollChannelOption.TCP_KEEPIDLE, KEEP_ALIVE_SECONDS)
                .option(EpollChannelOption.TCP_KEEPINTVL, KEEP_ALIVE_SECONDS)
                .handler(shake)
                .connect(destination());
        channel = connected.channel();
        handshake = shake;
        connected.addListener(done -> {
            if (!done.isSuccess() && !isDone()) {
                firstFailure = firstFailure == null ? failures.unreachable(at, done.cause()) : firstFailure;
                connectNext();
            }
        });
        shake.done().addListener(done -> {
            if (!done.isSuccess()) {
                tryFailure(failures.refused(shake.lastAnswer(), done.cause()));
            } else if (!trySuccess(new ProxiedUpstream(id, (EpollSocketChannel) connected.channel(), shake, relay))) {
                abandon();
            }
        });
    }

    /** What the proxy is asked for: an address bare of the name that led to it, so that the proxy dials the one that was judged. */
    private InetSocketAddress destination() {
        return switch (target.host()) {
            case Host.Name(String name) -> InetSocketAddress.createUnresolved(name, target.port());
            case Host.Address(InetAddress address) -> new InetSocketAddress(bare(address), target.port());
        };
    }

    private static InetAddress bare(InetAddress address) {
        try {
            return InetAddress.getByAddress(address.getAddress());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has the length of an address", e);
        }
    }

    private void timedOut() {
        Handshake shake = handshake;
        Channel open = channel;
        tryFailure(
                shake != null && open != null && open.isActive()
                        ? failures.handshakeTimeout(shake.lastAnswer(), timeout)
                        : failures.connectTimeout(timeout));
    }

    private void abandon() {
        Future<?> under = lookup;
        if (under != null) {
            under.cancel(true);
        }
        Channel open = channel;
        if (open != null) {
            open.close();
        }
        Handshake shake = handshake;
        if (shake != null) {
            shake.release();
        }
    }

    private static int millis(Duration duration) {
        return (int) Math.clamp(duration.toMillis(), 1, Integer.MAX_VALUE);
    }
}
