package dev.tailnet.proxy.dial.upstream;

import dev.tailnet.proxy.dial.Upstream;
import dev.tailnet.proxy.request.TunnelEnd;
import io.netty.buffer.ByteBuf;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.util.concurrent.Future;
import java.nio.ByteBuffer;
import java.time.Duration;

/** A connection through the proxy, its handshake done, still Netty's until it is relayed. */
final class ProxiedUpstream implements Upstream {
    private final long id;
    private final EpollSocketChannel channel;
    private final Handshake handshake;
    private final SocketRelay relay;

    ProxiedUpstream(long id, EpollSocketChannel channel, Handshake handshake, SocketRelay relay) {
        this.id = id;
        this.channel = channel;
        this.handshake = handshake;
        this.relay = relay;
    }

    @Override
    public Future<TunnelEnd> relay(int clientFd, ByteBuffer early, Duration idleTimeout) {
        ByteBuf rest = handshake.takeRest();
        try {
            return relay.relay(
                    id, clientFd, channel.fd().intValue(), early, rest.nioBuffer(), idleTimeout, channel.eventLoop());
        } finally {
            rest.release();
            // Netty forgets the socket before it closes its descriptor; the duplicate lives on.
            channel.close();
        }
    }

    @Override
    public void discard() {
        handshake.release();
        channel.close();
    }
}
