package dev.tailnet.proxy.http;

import dev.tailnet.proxy.connect.Connector;
import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.connection.Draining;
import dev.tailnet.proxy.connection.HandlerNames;
import dev.tailnet.proxy.connection.HandshakeTimeout;
import dev.tailnet.proxy.connection.Rejection;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.ConnectRequest.Protocol;
import dev.tailnet.proxy.request.PlainRequest;
import dev.tailnet.proxy.request.Target;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a client's requests, one after another: gives a CONNECT on, begins an exchange for the others, and refuses what is neither. */
final class HttpRequestHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOGGER = LoggerFactory.getLogger(HttpRequestHandler.class);

    private final HttpFrontEnd frontEnd;
    private final Connection connection;
    private final RequestDecoder decoder;
    private @Nullable ClientSide side;

    /** Where the request's CONNECT leads, once its head has been read. */
    private @Nullable Target tunnel;

    HttpRequestHandler(HttpFrontEnd frontEnd, Connection connection, RequestDecoder decoder) {
        this.frontEnd = frontEnd;
        this.connection = connection;
        this.decoder = decoder;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        side = new ClientSide(frontEnd, connection, decoder, ctx);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (client().isDone()) {
            client().afterwards(message);
            return;
        }
        if (message instanceof HttpRequest request) {
            read(ctx, request);
        }
        if (message instanceof HttpContent content) {
            read(ctx, content);
        }
    }

    private void read(ChannelHandlerContext ctx, HttpRequest request) {
        client().asked(request.method().equals(HttpMethod.HEAD), RefusalPage.isFor(request.headers()));
        if (request.decoderResult().isFailure()) {
            Throwable cause = request.decoderResult().cause();
            if (cause instanceof TooLongHttpHeaderException) {
                connection.rejected(Rejection.MAX_HEADER_SIZE);
            }
            client().answer(malformed(cause));
        } else if (request.protocolVersion().majorVersion() != 1) {
            client().answer(HttpAnswer.versionNotSupported(
                    request.protocolVersion().text()));
        } else {
            try {
                dispatch(ctx, request);
            } catch (RequestRefused e) {
                client().answer(e.answer());
            } catch (ConnectFailure e) {
                client().answer(HttpAnswer.of(e));
            }
        }
    }

    private void dispatch(ChannelHandlerContext ctx, HttpRequest request) throws RequestRefused, ConnectFailure {
        if (request.method().equals(HttpMethod.CONNECT)) {
            check(request.headers());
            tunnel = Target.parse(request.uri());
            return;
        }
        ByteBuf own = FinalRecipient.answer(request, ctx.alloc());
        if (own != null) {
            client().sayLast(own);
            return;
        }
        AbsoluteTarget target = AbsoluteTarget.parse(request.method(), request.uri());
        ForwardedRequest forwarded = ForwardedRequest.of(request, target);
        connection.endHandshake();
        ConnectRequest asked = connector()
                .request(
                        ctx.channel().remoteAddress(),
                        connection.role(),
                        target.target(),
                        new PlainRequest(request.method().name(), target.originForm()));
        connector().admit(connection, asked);
        client().begin(forwarded, asked);
    }

    private static void check(HttpHeaders headers) throws RequestRefused {
        if (headers.contains(HttpHeaderNames.CONTENT_LENGTH) || headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            throw new RequestRefused(HttpAnswer.badRequest(
                    "a CONNECT request has no content: leave Content-Length and Transfer-Encoding out"));
        }
        if (headers.getAll(HttpHeaderNames.HOST).size() > 1) {
            throw new RequestRefused(HttpAnswer.badRequest("the request has more than one Host field"));
        }
    }

    private void read(ChannelHandlerContext ctx, HttpContent content) {
        Exchange exchange = client().exchange();
        if (client().isDone()) {
            content.release();
        } else if (exchange != null) {
            if (content.decoderResult().isFailure()) {
                content.release();
                exchange.refuse(malformed(content.decoderResult().cause()));
            } else {
                exchange.requestContent(content);
            }
        } else {
            content.release();
            if (content instanceof LastHttpContent && tunnel != null) {
                connect(ctx.pipeline(), tunnel);
            }
        }
    }

    /** The decoder passes on what it has read beyond the head when it is removed: from then on it is the tunnel's. */
    private void connect(ChannelPipeline pipeline, Target to) {
        connector().connect(connection, Protocol.HTTP_CONNECT, connection.role(), to, HttpReplies.INSTANCE);
        client().removeEncoder();
        pipeline.remove(this);
        pipeline.remove(HandlerNames.HTTP_AUTHENTICATION);
        pipeline.remove(decoder);
    }

    private static HttpAnswer malformed(Throwable cause) {
        return switch (cause) {
            case TooLongHttpLineException tooLong -> HttpAnswer.uriTooLong();
            case TooLongHttpHeaderException tooLong -> HttpAnswer.headersTooLarge();
            default -> HttpAnswer.badRequest("this is no HTTP request: " + cause.getMessage());
        };
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        Exchange exchange = client().exchange();
        if (exchange != null) {
            exchange.flushRequest();
        }
        ctx.fireChannelReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        Exchange exchange = client().exchange();
        if (exchange != null) {
            exchange.readResponse(ctx.channel().isWritable());
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (client().isDone()) {
            return;
        }
        switch (event) {
            case HandshakeTimeout timeout -> client().answer(HttpAnswer.handshakeTimeout());
            case KeepAlive.Expired expired -> client().keptLongEnough();
            case Draining now -> client().drain();
            case ChannelInputShutdownEvent end -> client().inputEnded();
            default -> ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        client().left();
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            LOGGER.debug("The HTTP connection of {} failed", ctx.channel().remoteAddress(), cause);
        } else {
            LOGGER.error("An HTTP request failed by a fault of the agent", cause);
        }
        client().left();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        client().release();
    }

    private Connector connector() {
        return frontEnd.connector();
    }

    private ClientSide client() {
        return Objects.requireNonNull(side, "the handler is in no pipeline");
    }
}
