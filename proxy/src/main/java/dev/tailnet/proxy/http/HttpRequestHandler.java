package dev.tailnet.proxy.http;

import dev.tailnet.proxy.connect.Connector;
import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.connection.Farewell;
import dev.tailnet.proxy.connection.HandlerNames;
import dev.tailnet.proxy.connection.HandshakeTimeout;
import dev.tailnet.proxy.connection.Rejection;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest.Protocol;
import dev.tailnet.proxy.request.Target;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes a connection's first request: gives a CONNECT on, answers all else. */
final class HttpRequestHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOGGER = LoggerFactory.getLogger(HttpRequestHandler.class);

    private final Connection connection;
    private final Connector connector;
    /** Where the request's CONNECT leads, once its head has been read. */
    private @Nullable Target target;

    private boolean headOnly;
    private boolean answered;

    HttpRequestHandler(Connection connection, Connector connector) {
        this.connection = connection;
        this.connector = connector;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!answered) {
            if (message instanceof HttpRequest request) {
                read(ctx, request);
            }
            if (message instanceof LastHttpContent && target != null) {
                connect(ctx.pipeline(), target);
            }
        }
        ReferenceCountUtil.release(message);
    }

    private void read(ChannelHandlerContext ctx, HttpRequest request) {
        headOnly = request.method().equals(HttpMethod.HEAD);
        if (request.decoderResult().isFailure()) {
            Throwable cause = request.decoderResult().cause();
            if (cause instanceof TooLongHttpHeaderException) {
                connection.rejected(Rejection.MAX_HEADER_SIZE);
            }
            answer(ctx, malformed(cause));
        } else if (request.method().equals(HttpMethod.CONNECT)) {
            readConnect(ctx, request);
        } else {
            answer(ctx, HttpAnswer.notConnect(request.method().name(), request.uri()));
        }
    }

    private void readConnect(ChannelHandlerContext ctx, HttpRequest request) {
        HttpHeaders headers = request.headers();
        if (request.protocolVersion().majorVersion() != 1) {
            answer(ctx, HttpAnswer.versionNotSupported(request.protocolVersion().text()));
        } else if (headers.contains(HttpHeaderNames.CONTENT_LENGTH)
                || headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            answer(
                    ctx,
                    HttpAnswer.badRequest(
                            "a CONNECT request has no content: leave Content-Length and Transfer-Encoding out"));
        } else if (headers.getAll(HttpHeaderNames.HOST).size() > 1) {
            answer(ctx, HttpAnswer.badRequest("the request has more than one Host field"));
        } else {
            try {
                target = Target.parse(request.uri());
            } catch (ConnectFailure e) {
                answer(ctx, HttpAnswer.of(e));
            }
        }
    }

    /** The decoder passes on what it has read beyond the head when it is removed: from then on it is the tunnel's. */
    private void connect(ChannelPipeline pipeline, Target to) {
        connector.connect(connection, Protocol.HTTP_CONNECT, connection.role(), to, HttpReplies.INSTANCE);
        pipeline.remove(this);
        pipeline.remove(HandlerNames.HTTP_AUTHENTICATION);
        pipeline.remove(HandlerNames.HTTP_DECODER);
    }

    private void answer(ChannelHandlerContext ctx, HttpAnswer answer) {
        answered = true;
        LOGGER.debug(
                "Answered the HTTP request of {} with {}: {}",
                ctx.channel().remoteAddress(),
                answer.status(),
                answer.text());
        Farewell.say(connection, headOnly ? answer.encodeHead(ctx.alloc()) : answer.encode(ctx.alloc()));
    }

    private static HttpAnswer malformed(Throwable cause) {
        return switch (cause) {
            case TooLongHttpLineException tooLong -> HttpAnswer.uriTooLong();
            case TooLongHttpHeaderException tooLong -> HttpAnswer.headersTooLarge();
            default -> HttpAnswer.badRequest("this is no HTTP request: " + cause.getMessage());
        };
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (answered) {
            return;
        }
        if (event instanceof HandshakeTimeout) {
            answer(ctx, HttpAnswer.handshakeTimeout());
        } else if (event instanceof ChannelInputShutdownEvent) {
            ctx.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOGGER.debug("The HTTP request of {} failed", ctx.channel().remoteAddress(), cause);
        ctx.close();
    }
}
