package dev.tailnet.proxy.datagram;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A UDP socket that clients send to: the way back to them. For the event loop of its channel. */
public final class ClientSocket {
    private static final Logger LOGGER = LoggerFactory.getLogger(ClientSocket.class);
    private static final int LONGEST_DATAGRAM = 65_535;
    private static final WriteBufferWaterMark WAITING = new WriteBufferWaterMark(256 << 10, 512 << 10);

    private final Channel channel;
    private final DatagramCounters counters;

    public ClientSocket(Channel channel, DatagramCounters counters) {
        this.channel = channel;
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
        channel.write(new DatagramPacket(datagram, client)).addListener(written -> {
            if (!written.isSuccess() && channel.isOpen()) {
                LOGGER.debug("A datagram to {} is lost", client, written.cause());
                counters.dropped(DropReason.TOO_LONG);
            }
        });
    }

    public void flush() {
        channel.flush();
    }
}
