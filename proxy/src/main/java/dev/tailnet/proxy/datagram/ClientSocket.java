package dev.tailnet.proxy.datagram;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A UDP socket that clients send to: the way back to them. For the event loop of its channel. */
public final class ClientSocket {
    private static final Logger LOGGER = LoggerFactory.getLogger(ClientSocket.class);
    private static final int LONGEST_DATAGRAM = 65_535;
    private static final WriteBufferWaterMark WAITING = new WriteBufferWaterMark(256 << 10, 512 << 10);

    private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(1);

    private final EpollDatagramChannel channel;
    private final DatagramCounters counters;

    /** @param channel one of {@link #newChannel} */
    public ClientSocket(Channel channel, DatagramCounters counters) {
        this.channel = (EpollDatagramChannel) channel;
        this.counters = counters;
    }

    /**
     * A channel to be registered and bound.
     *
     * @param at the address that it will be bound to
     */
    public static EpollDatagramChannel newChannel(InetAddress at) {
        var channel = new EpollDatagramChannel(
                at instanceof Inet4Address ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6);
        return configured(channel);
    }

    /**
     * A channel to be registered, of a socket that is bound already.
     *
     * @param descriptor the channel's from here on
     */
    public static EpollDatagramChannel adopt(int descriptor) {
        return configured(new EpollDatagramChannel(descriptor));
    }

    private static EpollDatagramChannel configured(EpollDatagramChannel channel) {
        channel.config().setOption(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(LONGEST_DATAGRAM));
        channel.config().setOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WAITING);
        return channel;
    }

    /**
     * Sends a datagram, at the latest with the next {@link #flush}, or drops it.
     *
     * @param datagram the callee's from here on
     */
    public void send(ByteBuf datagram, InetSocketAddress client) {
        if (!channel.isWritable()) {
            channel.flush();
        }
        if (!channel.isWritable()) {
            datagram.release();
            counters.dropped(DropReason.QUEUE_FULL);
            return;
        }
        if (!datagram.isReadable()) {
            datagram.release();
            sendEmpty(client);
            return;
        }
        channel.write(new DatagramPacket(datagram, client)).addListener(written -> {
            if (!written.isSuccess() && channel.isOpen()) {
                LOGGER.debug("A datagram to {} is lost", client, written.cause());
                counters.dropped(DropReason.TOO_LONG);
            }
        });
    }

    /** Netty takes an empty datagram for sent without sending it: this one goes to the system directly, after those before it. */
    private void sendEmpty(InetSocketAddress client) {
        channel.flush();
        try {
            if (channel.fd() instanceof Socket socket) {
                socket.sendTo(NOTHING, 0, 0, client.getAddress(), client.getPort());
            }
        } catch (IOException e) {
            LOGGER.debug("An empty datagram to {} is lost", client, e);
            counters.dropped(DropReason.QUEUE_FULL);
        }
    }

    public void flush() {
        channel.flush();
    }
}
