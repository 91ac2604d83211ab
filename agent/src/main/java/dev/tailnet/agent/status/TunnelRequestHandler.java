package dev.tailnet.agent.status;

import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.Target;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/** Takes a CONNECT on the control socket out of the status endpoint's hands: the connection becomes a tunnel of the proxies. */
final class TunnelRequestHandler extends ChannelInboundHandlerAdapter {
    private final Tunnels tunnels;
    private @Nullable Target target;
    private boolean refused;

    TunnelRequestHandler(Tunnels tunnels) {
        this.tunnels = tunnels;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest request
                && request.method().equals(HttpMethod.CONNECT)
                && request.decoderResult().isSuccess()) {
            readTarget(ctx, request.uri());
        } else if (target == null && !refused) {
            ctx.fireChannelRead(message);
            return;
        } else if (message instanceof LastHttpContent && target != null) {
            open(ctx, target);
        }
        ReferenceCountUtil.release(message);
    }

    private void readTarget(ChannelHandlerContext ctx, String authority) {
        try {
            target = Target.parse(authority);
        } catch (ConnectFailure e) {
            refuse(ctx, HttpResponseStatus.BAD_REQUEST, e.getMessage());
        }
    }

    /** The codec goes last: what it has read beyond the request is the tunnel's. */
    private void open(ChannelHandlerContext ctx, Target to) {
        target = null;
        if (!tunnels.open(ctx.channel(), to)) {
            refuse(ctx, HttpResponseStatus.SERVICE_UNAVAILABLE, "as many connections are open as the limit allows");
            return;
        }
        ChannelPipeline pipeline = ctx.pipeline();
        pipeline.remove(ReadTimeoutHandler.class);
        pipeline.remove(HttpObjectAggregator.class);
        pipeline.remove(RequestGuard.class);
        pipeline.remove(ControlPagesHandler.class);
        pipeline.remove(StatusHandler.class);
        pipeline.remove(this);
        pipeline.remove(HttpServerCodec.class);
    }

    private void refuse(ChannelHandlerContext ctx, HttpResponseStatus status, String why) {
        refused = true;
        Answer.text(status, why).send(ctx, false);
    }
}
