package dev.tailnet.agent.status;

import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.Target;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Takes out of the status endpoint's hands what makes another thing of a connection to the control socket: a CONNECT makes it a
 * tunnel of the proxies, an upgrade to {@code dns} a stream of DNS messages.
 */
final class TunnelRequestHandler extends ChannelInboundHandlerAdapter {
    /** What the connection is to speak after its HTTP request (RFC 9110, section 7.8): DNS messages as over TCP. */
    private static final String DNS = "dns";

    private final Tunnels tunnels;
    private @Nullable Target target;
    private boolean wantsNames;
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
        } else if (message instanceof HttpRequest request
                && request.headers().containsValue(HttpHeaderNames.UPGRADE, DNS, true)) {
            wantsNames = true;
        } else if (target == null && !wantsNames && !refused) {
            ctx.fireChannelRead(message);
            return;
        } else if (message instanceof LastHttpContent && wantsNames) {
            openNames(ctx);
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

    private void openNames(ChannelHandlerContext ctx) {
        wantsNames = false;
        if (!tunnels.openNames(ctx.pipeline())) {
            refuse(ctx, HttpResponseStatus.SERVICE_UNAVAILABLE, "this agent answers no DNS queries here");
            return;
        }
        var switching = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS, Unpooled.EMPTY_BUFFER);
        switching.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
        switching.headers().set(HttpHeaderNames.UPGRADE, DNS);
        ctx.writeAndFlush(switching);
        leaveHttp(ctx.pipeline());
    }

    private void open(ChannelHandlerContext ctx, Target to) {
        target = null;
        if (!tunnels.open(ctx.channel(), to)) {
            refuse(ctx, HttpResponseStatus.SERVICE_UNAVAILABLE, "as many connections are open as the limit allows");
            return;
        }
        leaveHttp(ctx.pipeline());
    }

    /** The codec goes last: what it has read beyond the request is the tunnel's. */
    private void leaveHttp(ChannelPipeline pipeline) {
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
