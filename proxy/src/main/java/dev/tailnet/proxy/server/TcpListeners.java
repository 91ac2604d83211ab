package dev.tailnet.proxy.server;

import dev.tailnet.proxy.connection.Connections;
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

/** The listening sockets whose connections are counted together. Safe for use by any thread. */
final class TcpListeners {
    private static final int BACKLOG = 1024;

    private final EventLoops loops;
    private final Connections connections;
    private final BoundChannels open = new BoundChannels();

    TcpListeners(EventLoops loops, Connections connections) {
        this.loops = loops;
        this.connections = connections;
    }

    /**
     * Opens one; blocks.
     *
     * @return bound; its local address has the port it got
     * @throws BindFailure with nothing left open
     */
    Channel open(InetSocketAddress address, ClientSetup setup) throws BindFailure {
        if (address.isUnresolved()) {
            throw BindFailure.of(address, new UnresolvedAddressException());
        }
        var channel = new EpollServerSocketChannel(
                address.getAddress() instanceof Inet4Address ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6);
        channel.config().setOption(ChannelOption.SO_REUSEADDR, true);
        channel.config().setOption(ChannelOption.SO_BACKLOG, BACKLOG);
        channel.pipeline().addLast(new Acceptor(loops.group(), connections, setup));
        return open.bind(channel, loops.group(), address);
    }

    /** Closes all; their connections go on. */
    Future<Void> closeAll() {
        EventExecutor executor = loops.group().next();
        Promise<Void> closed = executor.newPromise();
        executor.execute(() -> {
            var combiner = new PromiseCombiner(executor);
            open.forEach(channel -> combiner.add((Future<?>) channel.close()));
            combiner.finish(closed);
        });
        return closed;
    }
}
