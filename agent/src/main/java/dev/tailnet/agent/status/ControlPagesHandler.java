package dev.tailnet.agent.status;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.Map;

/** Answers for the pages that the control socket has and the status port has not. */
@Sharable
final class ControlPagesHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private final Map<String, ControlPage> pages;
    private final EventExecutor executor;

    /** @param pages by path */
    ControlPagesHandler(Map<String, ControlPage> pages, EventExecutor executor) {
        super(false);
        this.pages = Map.copyOf(pages);
        this.executor = executor;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        var uri = new QueryStringDecoder(request.uri());
        ControlPage page = pages.get(uri.path());
        if (page == null) {
            ctx.fireChannelRead(request);
            return;
        }
        boolean head = HttpMethod.HEAD.equals(request.method());
        request.release();
        executor.execute(() -> answer(ctx, page, uri, head));
    }

    private void answer(ChannelHandlerContext ctx, ControlPage page, QueryStringDecoder uri, boolean head) {
        Future<Answer> coming;
        try {
            coming = page.answer(uri, executor);
        } catch (RuntimeException e) {
            coming = executor.newFailedFuture(e);
        }
        coming.addListener((Future<Answer> answer) -> {
            if (answer.isSuccess()) {
                answer.getNow().send(ctx, head);
            } else {
                Answer.text(
                                HttpResponseStatus.SERVICE_UNAVAILABLE,
                                String.valueOf(answer.cause().getMessage()))
                        .send(ctx, head);
            }
        });
    }
}
