package dev.tailnet.proxy.testing;

import dev.tailnet.proxy.dial.Dialer;
import dev.tailnet.proxy.dial.Upstream;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.FailureReason;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Dials with Netty, and remembers what it was asked for. */
public final class NettyDialer implements Dialer {
    private final List<InetSocketAddress> dialed = new CopyOnWriteArrayList<>();
    private final List<Duration> timeouts = new CopyOnWriteArrayList<>();

    private final AtomicInteger cancelled = new AtomicInteger();
    private final BlockingQueue<Promise<Upstream>> unanswered = new LinkedBlockingQueue<>();
    private volatile boolean silent;

    /** How many dials were cancelled while under way. */
    public int cancelled() {
        return cancelled.get();
    }

    /** From now on dials are neither made nor answered: whatever time they were given, they ignore it. */
    public void silence() {
        silent = true;
    }

    /** The next dial that is not answered. */
    public Promise<Upstream> nextUnanswered() throws InterruptedException {
        return unanswered.take();
    }

    public List<InetSocketAddress> dialed() {
        return dialed;
    }

    public List<Duration> timeouts() {
        return timeouts;
    }

    @Override
    public Future<Upstream> dial(long id, InetSocketAddress remote, Duration timeout, EventExecutor executor) {
        dialed.add(remote);
        timeouts.add(timeout);
        Promise<Upstream> promise = executor.newPromise();
        promise.addListener(done -> {
            if (done.isCancelled()) {
                cancelled.incrementAndGet();
            }
        });
        if (silent) {
            unanswered.add(promise);
            return promise;
        }
        ChannelFuture connect = new Bootstrap()
                .group((EventLoop) executor)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.max(1, (int) timeout.toMillis()))
                .handler(new ChannelInboundHandlerAdapter())
                .connect(remote);
        connect.addListener(connected -> {
            if (!connected.isSuccess()) {
                promise.tryFailure(failure(remote, connected.cause()));
            } else if (!promise.trySuccess(new NettyUpstream((EpollSocketChannel) connect.channel()))) {
                connect.channel().close();
            }
        });
        promise.addListener(done -> {
            if (done.isCancelled()) {
                connect.cancel(true);
                connect.channel().close();
            }
        });
        return promise;
    }

    private static ConnectFailure failure(InetSocketAddress remote, Throwable cause) {
        FailureReason reason = switch (cause) {
            case ConnectTimeoutException e -> FailureReason.TIMEOUT;
            case ConnectException e
            when String.valueOf(e.getMessage()).contains("refused") -> FailureReason.CONNECTION_REFUSED;
            default -> FailureReason.HOST_UNREACHABLE;
        };
        return new ConnectFailure(reason, remote + ": " + cause.getMessage());
    }
}
