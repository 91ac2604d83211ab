package dev.tailnet.proxy.dns;

import dev.tailnet.proxy.dns.RequestDecoder.From;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers over UDP; a client that cannot take the whole response is told to come back over TCP. */
final class UdpHandler extends SimpleChannelInboundHandler<From> {
    private static final Logger LOGGER = LoggerFactory.getLogger(UdpHandler.class);

    private final Answerer answerer;

    UdpHandler(Answerer answerer) {
        this.answerer = answerer;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, From from) {
        answerer.answer(from.request(), ctx.alloc(), ctx.executor()).addListener((Future<ByteBuf> done) -> {
            if (done.isSuccess()) {
                ByteBuf fitting = fitting(ctx, from.request(), done.getNow());
                ctx.writeAndFlush(new DatagramPacket(fitting, from.client()), ctx.voidPromise());
            }
        });
    }

    private static ByteBuf fitting(ChannelHandlerContext ctx, Request request, ByteBuf response) {
        if (response.readableBytes() <= Response.limit(request) || !(request instanceof Request.Query query)) {
            return response;
        }
        response.release();
        return Response.truncated(ctx.alloc(), query);
    }

    /** A socket that serves everybody is not closed for what one client did. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOGGER.debug("A DNS query or response was lost", cause);
    }
}
