package dev.tailnet.proxy.connection;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;

/** Looks at a connection's first byte and gives way to the handlers of the protocol it belongs to. A connection that ends, or has to, before there is one is closed. */
public abstract class FirstByteHandler extends ChannelInboundHandlerAdapter {

    /**
     * Adds the protocol's handlers at the end of the pipeline.
     *
     * @param first 0..255
     * @return whether there is such a protocol; if not, the connection is closed
     */
    protected abstract boolean start(ChannelHandlerContext ctx, int first);

    @Override
    public final void channelRead(ChannelHandlerContext ctx, Object message) {
        var bytes = (ByteBuf) message;
        if (!bytes.isReadable()) {
            bytes.release();
        } else if (start(ctx, bytes.getUnsignedByte(bytes.readerIndex()))) {
            ctx.pipeline().remove(this);
            ctx.fireChannelRead(bytes);
        } else {
            bytes.release();
            ctx.close();
        }
    }

    @Override
    public final void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof HandshakeTimeout
                || event instanceof Draining
                || event instanceof ChannelInputShutdownEvent) {
            ctx.close();
        }
    }

    @Override
    public final void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
