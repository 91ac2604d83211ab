package dev.tailnet.agent.status;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Lets through what a well-meaning client sends, and answers the rest with a sentence. */
final class RequestGuard extends SimpleChannelInboundHandler<FullHttpRequest> {
    private final @Nullable HostCheck hosts;

    /** @param hosts null for the control socket, which no web page reaches */
    RequestGuard(@Nullable HostCheck hosts) {
        super(false);
        this.hosts = hosts;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        Answer refusal = refusal(ctx, request);
        if (refusal == null) {
            ctx.fireChannelRead(request);
            return;
        }
        boolean head = HttpMethod.HEAD.equals(request.method());
        request.release();
        refusal.send(ctx, head);
    }

    private @Nullable Answer refusal(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (!request.decoderResult().isSuccess()) {
            return Answer.text(HttpResponseStatus.BAD_REQUEST, "This is not an HTTP request that can be understood.");
        }
        if (hosts != null) {
            String host = request.headers().get(HttpHeaderNames.HOST);
            if (!hosts.allows(host, ((InetSocketAddress) ctx.channel().localAddress()).getAddress())) {
                return Answer.text(
                        HttpResponseStatus.MISDIRECTED_REQUEST,
                        "The Host of this request is not this endpoint: use localhost or the address that --status-listen"
                                + " names.");
            }
        }
        if (hosts == null && HttpMethod.POST.equals(request.method())) {
            return null; // whoever may connect to the control socket may change what the agent reads
        }
        if (!HttpMethod.GET.equals(request.method()) && !HttpMethod.HEAD.equals(request.method())) {
            return Answer.text(HttpResponseStatus.METHOD_NOT_ALLOWED, "Only GET and HEAD are allowed here.");
        }
        return null;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
