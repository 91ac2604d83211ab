package dev.tailnet.proxy.forward;

import dev.tailnet.proxy.connect.Connector;
import dev.tailnet.proxy.datagram.ClientSocket;
import dev.tailnet.proxy.datagram.DatagramCounters;
import dev.tailnet.proxy.datagram.DatagramLimits;
import dev.tailnet.proxy.datagram.DatagramSession;
import dev.tailnet.proxy.datagram.Datagrams;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.ConnectRequest.Protocol;
import dev.tailnet.proxy.request.Target;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The socket of a forward over UDP: what comes from any one address has a flow to the target of its own, and gets the answers. */
final class DatagramForwardHandler extends SimpleChannelInboundHandler<DatagramPacket>
        implements Datagrams.Client<InetSocketAddress> {
    private static final Logger LOGGER = LoggerFactory.getLogger(DatagramForwardHandler.class);

    private final Supplier<Target> target;
    private final DatagramCounters counters;
    private final DatagramSession<InetSocketAddress> session;
    private @Nullable ClientSocket socket;

    /**
     * @param loop of the channel that this will be a handler of
     * @param target where the next client's flow leads
     */
    DatagramForwardHandler(Datagrams datagrams, EventLoop loop, Supplier<Target> target) {
        this.target = target;
        this.counters = datagrams.counters();
        this.session = datagrams.session(loop, DatagramLimits.FORWARD, this);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        socket = new ClientSocket(ctx.channel(), counters);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
        session.send(packet.sender(), target.get(), packet.content());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        session.flush();
    }

    @Override
    public ConnectRequest request(Connector connector, InetSocketAddress client, Target to) {
        return connector.request(Protocol.FORWARD_UDP, client, null, to);
    }

    @Override
    public void received(InetSocketAddress client, InetSocketAddress from, ByteBuf datagram) {
        if (socket != null) {
            socket.send(datagram.copy(), client);
        }
    }

    @Override
    public void receivedAll() {
        if (socket != null) {
            socket.flush();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        session.close();
    }

    /** Datagrams come and go one by one: an error of one, as an ICMP message causes it, is not the next one's. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOGGER.error("A forward to {} met a fault of the agent", target.get(), cause);
        }
    }
}
