package dev.tailnet.proxy.socks;

import dev.tailnet.proxy.connect.Connector;
import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.connection.Farewell;
import dev.tailnet.proxy.connection.HandshakeTimeout;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the handlers of the handshake's messages have in common: how it ends early. */
abstract class SocksHandler extends ByteToMessageDecoder {
    static final int VERSION = 0x05;
    private static final Logger LOGGER = LoggerFactory.getLogger(SocksHandler.class);

    final Connection connection;
    final Connector connector;

    SocksHandler(Connection connection, Connector connector) {
        this.connection = connection;
        this.connector = connector;
    }

    /** Answers a message that cannot be served, and closes. */
    final void refuse(ChannelHandlerContext ctx, ByteBuf in, ByteBuf reply, String why) {
        LOGGER.debug("Refused the SOCKS handshake of {}: {}", ctx.channel().remoteAddress(), why);
        in.skipBytes(in.readableBytes());
        Farewell.say(connection, reply);
    }

    /** A client that stops halfway has no request. */
    @Override
    public final void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof HandshakeTimeout || event instanceof ChannelInputShutdownEvent) {
            ctx.close();
        }
    }

    @Override
    public final void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOGGER.debug("The SOCKS handshake of {} failed", ctx.channel().remoteAddress(), cause);
        ctx.close();
    }
}
