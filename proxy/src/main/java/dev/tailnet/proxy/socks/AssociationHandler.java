package dev.tailnet.proxy.socks;

import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.connection.Farewell;
import dev.tailnet.proxy.connection.HandlerNames;
import dev.tailnet.proxy.datagram.ClientSocket;
import dev.tailnet.proxy.datagram.Datagrams;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.socksx.v5.Socks5CommandStatus;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The TCP connection of a UDP association: opens the relay's socket at the address it came to, and ends it with itself. */
final class AssociationHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOGGER = LoggerFactory.getLogger(AssociationHandler.class);

    private final Connection connection;
    private final Channel relay;

    private AssociationHandler(Connection connection, Channel relay) {
        this.connection = connection;
        this.relay = relay;
    }

    /**
     * Answers an ASSOCIATE, and takes the connection's pipeline over from those who have read it.
     *
     * @param announced where the client says it will send from; what is zero or unknown is not said
     */
    static void begin(Connection connection, Datagrams datagrams, InetSocketAddress announced) {
        connection.waiting();
        Channel tcp = connection.channel();
        var client = (InetSocketAddress) tcp.remoteAddress();
        var local = (InetSocketAddress) tcp.localAddress();
        var association = new UdpAssociation(
                datagrams, tcp.eventLoop(), client.getAddress(), portOf(announced, client), connection.role());
        ChannelFuture bound = new Bootstrap()
                .group(tcp.eventLoop())
                .channelFactory(() -> ClientSocket.newChannel(local.getAddress()))
                .handler(association)
                .bind(new InetSocketAddress(local.getAddress(), 0));
        tcp.pipeline().addLast(HandlerNames.SOCKS5_ASSOCIATION, new AssociationHandler(connection, bound.channel()));
        bound.addListener((ChannelFutureListener) done -> answer(connection, tcp, done));
    }

    /** A client behind a translator of addresses cannot know its own: then what it says of the port means nothing either. */
    private static int portOf(InetSocketAddress announced, InetSocketAddress client) {
        boolean isItself = announced.getAddress() != null
                && (announced.getAddress().isAnyLocalAddress()
                        || announced.getAddress().equals(client.getAddress()));
        return isItself ? announced.getPort() : 0;
    }

    private static void answer(Connection connection, Channel tcp, ChannelFuture bound) {
        if (!tcp.isActive()) {
            bound.channel().close();
            return;
        }
        if (!bound.isSuccess()) {
            LOGGER.warn(
                    "No socket for the datagrams of {}: {}",
                    tcp.remoteAddress(),
                    bound.cause().getMessage());
            Farewell.say(connection, SocksReplies.of(tcp.alloc(), Socks5CommandStatus.FAILURE));
            return;
        }
        tcp.config().setOption(ChannelOption.SO_KEEPALIVE, true);
        tcp.writeAndFlush(SocksReplies.associated(
                tcp.alloc(), (InetSocketAddress) bound.channel().localAddress()));
        connection.standInForTunnel();
    }

    /** Nothing is said on the connection any more: it only has to be there. */
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            ctx.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        relay.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
