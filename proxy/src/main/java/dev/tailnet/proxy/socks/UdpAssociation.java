package dev.tailnet.proxy.socks;

import dev.tailnet.proxy.connect.Connector;
import dev.tailnet.proxy.datagram.ClientSocket;
import dev.tailnet.proxy.datagram.DatagramCounters;
import dev.tailnet.proxy.datagram.DatagramLimits;
import dev.tailnet.proxy.datagram.DatagramSession;
import dev.tailnet.proxy.datagram.Datagrams;
import dev.tailnet.proxy.datagram.DropReason;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.ConnectRequest.Protocol;
import dev.tailnet.proxy.request.Target;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The relay's socket of one association (RFC 1928, section 7): takes datagrams from the one client, each to the target that it
 * names, and gives the answers back with the address that they came from.
 *
 * <p>The client is whoever first sends from the address of the TCP connection; from then on nobody else is heard.
 */
final class UdpAssociation extends SimpleChannelInboundHandler<DatagramPacket> implements Datagrams.Client<Target> {
    private static final Logger LOGGER = LoggerFactory.getLogger(UdpAssociation.class);

    private final InetAddress clientAddress;
    private final int clientPort;
    private final @Nullable String role;
    private final DatagramCounters counters;
    private final DatagramSession<Target> session;
    private @Nullable InetSocketAddress client;
    private @Nullable ClientSocket relay;

    /**
     * @param clientAddress where the association's TCP connection comes from
     * @param clientPort the port that the client has said it will send from; 0 when it has not
     * @param role the client's user name; null for one that was not asked for it
     */
    UdpAssociation(
            Datagrams datagrams, EventLoop loop, InetAddress clientAddress, int clientPort, @Nullable String role) {
        this.clientAddress = clientAddress;
        this.clientPort = clientPort;
        this.role = role;
        this.counters = datagrams.counters();
        this.session = datagrams.session(loop, DatagramLimits.ASSOCIATION, this);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        relay = new ClientSocket(ctx.channel(), counters);
        counters.associationOpened();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
        if (!isFromClient(packet.sender())) {
            counters.dropped(DropReason.WRONG_SOURCE);
            return;
        }
        switch (UdpHeader.read(packet.content())) {
            case UdpHeader.For(Target target) -> session.send(target, target, packet.content());
            case UdpHeader.Unfit(DropReason reason) -> counters.dropped(reason);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        session.flush();
    }

    private boolean isFromClient(InetSocketAddress sender) {
        if (client == null
                && sender.getAddress().equals(clientAddress)
                && (clientPort == 0 || clientPort == sender.getPort())) {
            client = sender;
        }
        return sender.equals(client);
    }

    @Override
    public ConnectRequest request(Connector connector, Target key, Target target) {
        InetSocketAddress from = client == null ? new InetSocketAddress(clientAddress, clientPort) : client;
        return connector.request(Protocol.SOCKS5_UDP, from, role, target);
    }

    @Override
    public void received(Target key, InetSocketAddress from, ByteBuf datagram) {
        if (relay != null && client != null) {
            relay.send(UdpHeader.write(from, datagram), client);
        }
    }

    @Override
    public void receivedAll() {
        if (relay != null) {
            relay.flush();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        session.close();
        counters.associationClosed();
    }

    /** Datagrams come and go one by one: an error of one, as an ICMP message causes it, is not the next one's. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOGGER.error("The datagrams of {} met a fault of the agent", clientAddress, cause);
        }
    }
}
