package dev.tailnet.proxy.dns;

import dev.tailnet.proxy.dns.RequestDecoder.From;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.util.concurrent.Future;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Answers over TCP, several queries at a time and each as soon as its answer is there (RFC 7766, section 7). */
final class TcpHandler extends SimpleChannelInboundHandler<From> {
    private static final int MOST_AT_A_TIME = 32;

    private final Answerer answerer;
    private final Set<Future<ByteBuf>> underWay = new LinkedHashSet<>();

    TcpHandler(Answerer answerer) {
        this.answerer = answerer;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, From from) {
        Future<ByteBuf> answer = answerer.answer(from.request(), ctx.alloc(), ctx.executor());
        underWay.add(answer);
        answer.addListener((Future<ByteBuf> done) -> {
            underWay.remove(done);
            if (done.isSuccess()) {
                ctx.writeAndFlush(done.getNow());
            }
            readIfThereIsRoom(ctx);
        });
        readIfThereIsRoom(ctx);
    }

    private void readIfThereIsRoom(ChannelHandlerContext ctx) {
        boolean room = underWay.size() < MOST_AT_A_TIME && ctx.channel().isWritable();
        if (ctx.channel().config().isAutoRead() != room) {
            ctx.channel().config().setAutoRead(room);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        readIfThereIsRoom(ctx);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        List.copyOf(underWay).forEach(answer -> answer.cancel(true));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
