package dev.tailnet.proxy.socks;

import dev.tailnet.proxy.connection.Draining;
import dev.tailnet.proxy.connection.HandshakeTimeout;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.socksx.SocksVersion;

/** Looks at a SOCKS client's first byte and gives way to the handlers of its version; what is neither is told so by version 5's. */
final class SocksVersionHandler extends ChannelInboundHandlerAdapter {
    private final SocksFrontEnd frontEnd;

    SocksVersionHandler(SocksFrontEnd frontEnd) {
        this.frontEnd = frontEnd;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        var bytes = (ByteBuf) message;
        if (!bytes.isReadable()) {
            bytes.release();
            return;
        }
        if (bytes.getByte(bytes.readerIndex()) == SocksVersion.SOCKS4a.byteValue()) {
            frontEnd.startVersion4(ctx.pipeline());
        } else {
            frontEnd.startVersion5(ctx.pipeline());
        }
        ctx.pipeline().remove(this);
        ctx.fireChannelRead(bytes);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof HandshakeTimeout
                || event instanceof Draining
                || event instanceof ChannelInputShutdownEvent) {
            ctx.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
