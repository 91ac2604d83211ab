package dev.tailnet.proxy.connection;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/**
 * Sends a last answer and closes so that the client can read it.
 *
 * <p>Closing a socket that holds unread bytes resets the connection, and a reset overtakes the answer (RFC 9112, section
 * 9.6). So the output is ended first, and what still comes in is dropped until the client has closed or a second has passed.
 */
public final class Farewell extends ChannelInboundHandlerAdapter {
    private static final int LINGER_SECONDS = 1;

    private Farewell() {}

    /** Answers and closes; no other handler sees a byte or an event from here on. To be called on the event loop. */
    public static void say(Connection connection, ByteBuf answer) {
        connection.endHandshake();
        Channel channel = connection.channel();
        channel.pipeline().addFirst(HandlerNames.FAREWELL, new Farewell());
        boolean finished = !(channel instanceof DuplexChannel duplex) || duplex.isInputShutdown();
        channel.writeAndFlush(answer)
                .addListener((ChannelFutureListener) written -> linger(channel, finished || !written.isSuccess()));
    }

    /** Closes with a reset, which says "failed" to a client that could not tell an answer from its target's bytes. */
    public static void reset(Connection connection) {
        connection.endHandshake();
        Channel channel = connection.channel();
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        channel.close();
    }

    private static void linger(Channel channel, boolean finished) {
        if (finished || !(channel instanceof DuplexChannel duplex)) {
            channel.close();
            return;
        }
        duplex.shutdownOutput();
        channel.config().setAutoRead(true);
        var limit = channel.eventLoop().schedule(() -> channel.close(), LINGER_SECONDS, TimeUnit.SECONDS);
        channel.closeFuture().addListener(closed -> limit.cancel(false));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {}

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            ctx.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
