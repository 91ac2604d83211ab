package dev.tailnet.proxy.socks;

import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.connection.Farewell;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.socksx.SocksVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns a client of SOCKS4 away in the words of its own version; gives way to any other at the first byte. */
final class Socks4RejectionHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOGGER = LoggerFactory.getLogger(Socks4RejectionHandler.class);

    private final Connection connection;

    Socks4RejectionHandler(Connection connection) {
        this.connection = connection;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        var bytes = (ByteBuf) message;
        if (!bytes.isReadable()) {
            bytes.release();
            return;
        }
        if (bytes.getByte(bytes.readerIndex()) != SocksVersion.SOCKS4a.byteValue()) {
            ctx.pipeline().remove(this);
            ctx.fireChannelRead(bytes);
            return;
        }
        bytes.release();
        LOGGER.debug(
                "Refused the SOCKS handshake of {}: it speaks SOCKS4; use SOCKS5 (socks5h://)",
                ctx.channel().remoteAddress());
        Farewell.say(connection, SocksReplies.socks4Rejected(ctx.alloc()));
    }
}
