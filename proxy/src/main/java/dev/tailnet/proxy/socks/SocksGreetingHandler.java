package dev.tailnet.proxy.socks;

import dev.tailnet.proxy.connect.Connector;
import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.connection.HandlerNames;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.util.List;

/** Reads the client's methods and chooses "no authentication required" (RFC 1928, section 3). */
final class SocksGreetingHandler extends SocksHandler {
    private static final int SOCKS4 = 0x04;
    private static final byte NO_AUTHENTICATION = 0x00;

    SocksGreetingHandler(Connection connection, Connector connector) {
        super(connection, connector);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        int version = in.getUnsignedByte(in.readerIndex());
        if (version == SOCKS4) {
            refuse(ctx, in, SocksReplies.socks4Rejected(ctx.alloc()), "it speaks SOCKS4; use SOCKS5 (socks5h://)");
            return;
        }
        if (version != VERSION) {
            refuse(ctx, in, SocksReplies.noAcceptableMethod(ctx.alloc()), "it begins with byte " + version + ", not 5");
            return;
        }
        if (in.readableBytes() < 2) {
            return;
        }
        int methods = in.getUnsignedByte(in.readerIndex() + 1);
        if (in.readableBytes() < 2 + methods) {
            return;
        }
        in.skipBytes(2);
        boolean acceptable = in.bytesBefore(methods, NO_AUTHENTICATION) >= 0;
        in.skipBytes(methods);
        if (!acceptable) {
            refuse(
                    ctx,
                    in,
                    SocksReplies.noAcceptableMethod(ctx.alloc()),
                    "it insists on authentication, and none is asked for here");
            return;
        }
        ctx.writeAndFlush(SocksReplies.noAuthentication());
        ctx.pipeline()
                .addLast(HandlerNames.SOCKS5_REQUEST, new SocksRequestHandler(connection, connector))
                .remove(this);
    }
}
