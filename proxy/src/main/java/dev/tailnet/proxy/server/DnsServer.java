package dev.tailnet.proxy.server;

import dev.tailnet.proxy.dns.DnsFrontEnd;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The DNS listeners: a UDP and a TCP socket for each address. */
public final class DnsServer implements AutoCloseable {
    private static final int MOST_CONNECTIONS = 256;

    private final EventLoops loops;
    private final DnsFrontEnd frontEnd;
    private final AtomicInteger connections = new AtomicInteger();
    private final List<Channel> channels = new ArrayList<>();
    private final List<InetSocketAddress> listeners = new ArrayList<>();

    private DnsServer(EventLoops loops, DnsFrontEnd frontEnd) {
        this.loops = loops;
        this.frontEnd = frontEnd;
    }

    /**
     * Opens all listeners, or none. Not to be called on an event loop.
     *
     * @param addresses resolved; port 0 picks a free one, the same for UDP and TCP
     * @throws BindFailure for the first that does not open; the others are closed again
     */
    public static DnsServer bind(EventLoops loops, List<InetSocketAddress> addresses, DnsFrontEnd frontEnd)
            throws BindFailure {
        var server = new DnsServer(loops, frontEnd);
        try {
            for (InetSocketAddress address : addresses) {
                server.open(address);
            }
        } catch (BindFailure e) {
            server.close();
            throw e;
        }
        return server;
    }

    private void open(InetSocketAddress address) throws BindFailure {
        var tcp = bound(
                address,
                new ServerBootstrap()
                        .group(loops.group())
                        .channel(EpollServerSocketChannel.class)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childHandler(tcp())
                        .bind(address));
        var udp = bound(
                address,
                new Bootstrap()
                        .group(loops.group())
                        .channel(EpollDatagramChannel.class)
                        .handler(udp())
                        .bind(tcp));
        listeners.add(udp);
    }

    private InetSocketAddress bound(InetSocketAddress address, ChannelFuture binding) throws BindFailure {
        if (!binding.awaitUninterruptibly().isSuccess()) {
            throw BindFailure.of(address, binding.cause());
        }
        channels.add(binding.channel());
        return (InetSocketAddress) binding.channel().localAddress();
    }

    private ChannelInitializer<Channel> udp() {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                frontEnd.installUdp(channel.pipeline());
            }
        };
    }

    private ChannelInitializer<Channel> tcp() {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                if (connections.incrementAndGet() > MOST_CONNECTIONS) {
                    channel.close();
                }
                channel.closeFuture().addListener(closed -> connections.decrementAndGet());
                frontEnd.installTcp(channel.pipeline());
            }
        };
    }

    /** The addresses with the ports they got, in the order they were asked for. */
    public List<InetSocketAddress> listeners() {
        return List.copyOf(listeners);
    }

    /** Closes the listeners. Not to be called on an event loop. */
    @Override
    public void close() {
        channels.forEach(channel -> channel.close().awaitUninterruptibly());
    }
}
