package dev.tailnet.agent.status;

import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.LocalRequest;
import dev.tailnet.proxy.request.Target;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes out of the status endpoint's hands what makes another thing of a connection to the control socket: a CONNECT makes it a
 * tunnel of the proxies, an upgrade to {@code dns} a stream of DNS messages.
 */
final class TunnelRequestHandler extends ChannelInboundHandlerAdapter {
    /** What the connection is to speak after its HTTP request (RFC 9110, section 7.8): DNS messages as over TCP. */
    private static final String DNS = "dns";

    /** Of {@code tailnet-agent exec}: the address that it was told of the target's name, the process that it asks for, and what it passes. */
    private static final String ADDRESS = "tailnet-agent-address";

    private static final String PROCESS = "tailnet-agent-process";
    private static final String SOCKET = "tailnet-agent-socket";

    private final Tunnels tunnels;
    private @Nullable LocalRequest asked;
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
            read(ctx, request);
        } else if (message instanceof HttpRequest request
                && request.headers().containsValue(HttpHeaderNames.UPGRADE, DNS, true)) {
            wantsNames = true;
        } else if (asked == null && !wantsNames && !refused) {
            ctx.fireChannelRead(message);
            return;
        } else if (message instanceof LastHttpContent && wantsNames) {
            openNames(ctx);
        } else if (message instanceof LastHttpContent && asked != null) {
            open(ctx, asked);
        }
        ReferenceCountUtil.release(message);
    }

    private void read(ChannelHandlerContext ctx, HttpRequest request) {
        HttpHeaders fields = request.headers();
        try {
            Target target = Target.parse(request.uri());
            asked = new LocalRequest(
                    target, address(fields.get(ADDRESS)), List.of(), fields.getInt(PROCESS, 0), way(fields));
        } catch (ConnectFailure e) {
            refuse(ctx, HttpResponseStatus.BAD_REQUEST, e.getMessage());
        }
    }

    private static LocalRequest.Way way(HttpHeaders fields) {
        return switch (fields.get(SOCKET, "")) {
            case "stream" -> LocalRequest.Way.PASSED_STREAM;
            case "datagrams" -> LocalRequest.Way.PASSED_DATAGRAMS;
            default -> LocalRequest.Way.HERE;
        };
    }

    private static @Nullable InetAddress address(@Nullable String field) throws ConnectFailure {
        if (field == null) {
            return null;
        }
        try {
            return InetAddress.ofLiteral(field);
        } catch (IllegalArgumentException e) {
            throw new ConnectFailure(FailureReason.BAD_TARGET, ADDRESS + " is no IP address");
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

    private void open(ChannelHandlerContext ctx, LocalRequest request) {
        asked = null;
        if (!tunnels.open(ctx.channel(), request)) {
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
