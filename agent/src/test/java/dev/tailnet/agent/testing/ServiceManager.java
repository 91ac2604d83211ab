package dev.tailnet.agent.testing;

import dev.tailnet.proxy.server.EpollFailure;
import dev.tailnet.proxy.server.EventLoops;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The service manager's end of sd_notify(3): a datagram socket. */
public final class ServiceManager implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final EventLoops loops;
    private final Channel channel;
    private final BlockingQueue<String> notices;

    private ServiceManager(EventLoops loops, Channel channel, BlockingQueue<String> notices) {
        this.loops = loops;
        this.channel = channel;
        this.notices = notices;
    }

    /** Listens where {@code $NOTIFY_SOCKET} says: at a path, or at an abstract name after {@code @}. */
    public static ServiceManager at(String notifySocket) {
        BlockingQueue<String> notices = new LinkedBlockingQueue<>();
        EventLoops loops;
        try {
            loops = EventLoops.open(1);
        } catch (EpollFailure e) {
            throw new AssertionError(e);
        }
        Channel channel = new Bootstrap()
                .group(loops.group())
                .channel(EpollDomainDatagramChannel.class)
                .handler(new SimpleChannelInboundHandler<DomainDatagramPacket>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext ctx, DomainDatagramPacket packet) {
                        notices.add(packet.content().toString(StandardCharsets.UTF_8));
                    }
                })
                .bind(new DomainSocketAddress(
                        notifySocket.startsWith("@") ? "\0" + notifySocket.substring(1) : notifySocket))
                .syncUninterruptibly()
                .channel();
        return new ServiceManager(loops, channel, notices);
    }

    /** The next notice, whatever it is. */
    public String next() {
        try {
            String notice = notices.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (notice == null) {
                throw new AssertionError("no notice within " + PATIENCE.toSeconds() + " s");
            }
            return notice;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The next notice with a text in it; those before are dropped. */
    public String next(String part) {
        List<String> before = new ArrayList<>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            String notice = next();
            if (notice.contains(part)) {
                return notice;
            }
            before.add(notice);
        }
        throw new AssertionError("no notice with " + part + ", but " + before);
    }

    /** What has come and not been asked for. */
    public List<String> rest() {
        List<String> rest = new ArrayList<>();
        notices.drainTo(rest);
        return rest;
    }

    @Override
    public void close() {
        channel.close().syncUninterruptibly();
        loops.close();
    }
}
