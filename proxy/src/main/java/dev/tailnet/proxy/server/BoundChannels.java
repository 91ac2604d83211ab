package dev.tailnet.proxy.server;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Sockets that are bound, until each closes. Safe for use by any thread. */
final class BoundChannels {
    private final Set<Channel> open = ConcurrentHashMap.newKeySet();

    /**
     * Registers a channel and binds it; blocks.
     *
     * @return the channel, whose local address has the port it got
     * @throws BindFailure with the channel closed
     */
    Channel bind(Channel channel, EventLoopGroup group, InetSocketAddress address) throws BindFailure {
        var bound = group.register(channel).awaitUninterruptibly();
        if (bound.isSuccess()) {
            bound = channel.bind(address).awaitUninterruptibly();
        }
        if (!bound.isSuccess()) {
            channel.close();
            throw BindFailure.of(address, bound.cause());
        }
        open.add(channel);
        channel.closeFuture().addListener(closed -> open.remove(channel));
        return channel;
    }

    void forEach(Consumer<? super Channel> action) {
        open.forEach(action);
    }
}
