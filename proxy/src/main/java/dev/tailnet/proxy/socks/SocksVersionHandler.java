package dev.tailnet.proxy.socks;

import dev.tailnet.proxy.connection.FirstByteHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.socksx.SocksVersion;

/** Tells the versions of SOCKS apart; what is neither is told so by version 5's handlers. */
final class SocksVersionHandler extends FirstByteHandler {
    private final SocksFrontEnd frontEnd;

    SocksVersionHandler(SocksFrontEnd frontEnd) {
        this.frontEnd = frontEnd;
    }

    @Override
    protected boolean start(ChannelHandlerContext ctx, int first) {
        if (first == SocksVersion.SOCKS4a.byteValue()) {
            frontEnd.startVersion4(ctx.pipeline());
        } else {
            frontEnd.startVersion5(ctx.pipeline());
        }
        return true;
    }
}
