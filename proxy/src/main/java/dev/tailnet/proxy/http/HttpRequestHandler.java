package dev.tailnet.proxy.http;

import dev.tailnet.proxy.connect.Connector;
import dev.tailnet.proxy.connect.Trail;
import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.connection.Draining;
import dev.tailnet.proxy.connection.Farewell;
import dev.tailnet.proxy.connection.HandlerNames;
import dev.tailnet.proxy.connection.HandshakeTimeout;
import dev.tailnet.proxy.connection.Rejection;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest.Protocol;
import dev.tailnet.proxy.request.Target;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
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
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A client's side of its connection: reads its requests, one after another, gives a CONNECT on, begins an exchange for the others, and answers what comes to nothing. */
final class HttpRequestHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOGGER = LoggerFactory.getLogger(HttpRequestHandler.class);

    private final HttpFrontEnd frontEnd;
    private final Connection connection;
    private final RequestDecoder decoder;
    private @Nullable ResponseEncoder encoder;
    private @Nullable ChannelHandlerContext ctx;
    private @Nullable KeepAlive keepAlive;

    /** Where the request's CONNECT leads, once its head has been read. */
    private @Nullable Target tunnel;

    private @Nullable Exchange exchange;
    private @Nullable ByteBuf early;
    private boolean headOnly;
    private boolean inputEnded;
    private boolean draining;
    /** Nothing that comes from here on is read: there has been a last answer, or there is another protocol. */
    private boolean done;

    HttpRequestHandler(HttpFrontEnd frontEnd, Connection connection, RequestDecoder decoder) {
        this.frontEnd = frontEnd;
        this.connection = connection;
        this.decoder = decoder;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        ctx = added;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (done) {
            if (early == null && message instanceof ByteBuf bytes) {
                early = bytes;
            } else {
                ReferenceCountUtil.release(message);
            }
            return;
        }
        if (message instanceof HttpRequest request) {
            read(request);
        }
        if (message instanceof HttpContent content) {
            read(content);
        }
    }

    private void read(HttpRequest request) {
        headOnly = request.method().equals(HttpMethod.HEAD);
        if (request.decoderResult().isFailure()) {
            Throwable cause = request.decoderResult().cause();
            if (cause instanceof TooLongHttpHeaderException) {
                connection.rejected(Rejection.MAX_HEADER_SIZE);
            }
            answer(malformed(cause));
        } else if (request.protocolVersion().majorVersion() != 1) {
            answer(HttpAnswer.versionNotSupported(request.protocolVersion().text()));
        } else {
            try {
                dispatch(request);
            } catch (RequestRefused e) {
                answer(e.answer());
            }
        }
    }

    private void dispatch(HttpRequest request) throws RequestRefused {
        if (request.method().equals(HttpMethod.CONNECT)) {
            readConnect(request);
            return;
        }
        ByteBuf own = FinalRecipient.answer(request, context().alloc());
        if (own != null) {
            sayLast(own);
            return;
        }
        AbsoluteTarget target = AbsoluteTarget.parse(request.method(), request.uri());
        ForwardedRequest forwarded = ForwardedRequest.of(request, target);
        connection.endHandshake();
        var asked = connector().request(Protocol.HTTP, channel().remoteAddress(), connection.role(), target.target());
        ConnectFailure refusal = connection.refusal();
        if (refusal != null) {
            connector().refuse(asked, refusal);
            throw new RequestRefused(HttpAnswer.of(refusal));
        }
        prepareResponse();
        var begun = new Exchange(this, frontEnd.pool(channel().eventLoop()), forwarded, asked);
        exchange = begun;
        begun.begin();
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

    private void readConnect(HttpRequest request) throws RequestRefused {
        check(request.headers());
        try {
            tunnel = Target.parse(request.uri());
        } catch (ConnectFailure e) {
            throw new RequestRefused(HttpAnswer.of(e));
        }
    }

    private void read(HttpContent content) {
        if (done) {
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
                connect(context().pipeline(), tunnel);
            }
        }
    }

    /** The decoder passes on what it has read beyond the head when it is removed: from then on it is the tunnel's. */
    private void connect(ChannelPipeline pipeline, Target to) {
        connector().connect(connection, Protocol.HTTP_CONNECT, connection.role(), to, HttpReplies.INSTANCE);
        removeEncoder();
        pipeline.remove(this);
        pipeline.remove(HandlerNames.HTTP_AUTHENTICATION);
        pipeline.remove(decoder);
    }

    private void prepareResponse() {
        ResponseEncoder present = encoder;
        if (present == null) {
            present = new ResponseEncoder();
            encoder = present;
            context().pipeline().addBefore(context().name(), HandlerNames.HTTP_ENCODER, present);
            channel().config().setWriteBufferWaterMark(UpstreamConnection.WATER_MARK);
            connection.exchanging();
        }
        present.toHead(headOnly);
    }

    private void removeEncoder() {
        if (encoder != null) {
            context().pipeline().remove(encoder);
            encoder = null;
        }
    }

    Connector connector() {
        return frontEnd.connector();
    }

    /** The exchange waits for its target. */
    void waiting() {
        connection.waiting();
    }

    /** The exchange has its target. */
    void exchanging() {
        connection.exchanging();
    }

    /** Why the client is no longer there. */
    ConnectFailure gone() {
        return connection.gone();
    }

    /** Whether the request under way is the connection's last. */
    boolean isLast() {
        return draining;
    }

    void write(Object message) {
        context().write(message, channel().voidPromise());
    }

    void flush() {
        context().flush();
    }

    boolean isWritable() {
        return channel().isWritable();
    }

    void pause() {
        decoder.pause(RequestDecoder.Pause.EXCHANGE);
    }

    void resume() {
        try {
            decoder.resume(RequestDecoder.Pause.EXCHANGE, context().pipeline().context(decoder));
        } catch (Exception e) {
            context().fireExceptionCaught(e);
        }
        if (inputEnded && !decoder.hasMore() && exchange != null && !exchange.hasRequestEnded()) {
            clientLeft();
        }
    }

    /** Says why there is no response, and closes. Nothing of a response has been written. */
    void answer(HttpAnswer answer) {
        LOGGER.debug(
                "Answered the HTTP request of {} with {}: {}",
                channel().remoteAddress(),
                answer.status(),
                answer.text());
        sayLast(
                headOnly
                        ? answer.encodeHead(context().alloc())
                        : answer.encode(context().alloc()));
    }

    private void sayLast(ByteBuf answer) {
        done = true;
        exchange = null;
        removeEncoder();
        Farewell.say(connection, answer);
    }

    /** The response is complete. */
    void finished(boolean leaveOpen) {
        exchange = null;
        if (!leaveOpen) {
            sayLast(Unpooled.EMPTY_BUFFER);
            return;
        }
        if (keepAlive == null) {
            keepAlive = new KeepAlive(channel(), frontEnd.limits().keepAlive());
        }
        keepAlive.idle();
        resume();
        if (exchange == null && !done && (inputEnded || draining)) {
            channel().close();
        }
    }

    /** The response can't be completed, and the client must see that: where nothing else tells, by a reset. */
    void breakOff(boolean byReset) {
        done = true;
        exchange = null;
        if (byReset) {
            channel().config().setOption(ChannelOption.SO_LINGER, 0);
        }
        flush();
        channel().close();
    }

    /** What is written from here on is another protocol's. */
    void beginUpgrade() {
        done = true;
        exchange = null;
        removeEncoder();
        channel().config().setAutoRead(false);
        context().pipeline().remove(decoder);
    }

    /** Makes a tunnel of the client's connection and the target's. */
    void join(Channel upstream, Trail trail) {
        ByteBuf first = early;
        early = null;
        connector().join(connection, upstream, first, trail);
    }

    private static HttpAnswer malformed(Throwable cause) {
        return switch (cause) {
            case TooLongHttpLineException tooLong -> HttpAnswer.uriTooLong();
            case TooLongHttpHeaderException tooLong -> HttpAnswer.headersTooLarge();
            default -> HttpAnswer.badRequest("this is no HTTP request: " + cause.getMessage());
        };
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (exchange != null) {
            exchange.flushRequest();
        }
        context.fireChannelReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (exchange != null) {
            exchange.readResponse(channel().isWritable());
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (done) {
            return;
        }
        switch (event) {
            case HandshakeTimeout timeout -> answer(HttpAnswer.handshakeTimeout());
            case KeepAlive.Expired expired -> {
                if (exchange == null) {
                    channel().close();
                }
            }
            case Draining now -> {
                draining = true;
                if (exchange == null && keepAlive != null) {
                    channel().close();
                }
            }
            case ChannelInputShutdownEvent end -> {
                inputEnded = true;
                if (exchange == null || (!decoder.hasMore() && !exchange.mayBeAwaited())) {
                    clientLeft();
                }
            }
            default -> context.fireUserEventTriggered(event);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        clientLeft();
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            LOGGER.debug("The HTTP connection of {} failed", channel().remoteAddress(), cause);
        } else {
            LOGGER.error("An HTTP request failed by a fault of the agent", cause);
        }
        clientLeft();
    }

    private void clientLeft() {
        Exchange left = exchange;
        done = true;
        exchange = null;
        if (left != null) {
            left.clientLeft();
        }
        channel().close();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        ReferenceCountUtil.release(early);
        early = null;
    }

    private ChannelHandlerContext context() {
        if (ctx == null) {
            throw new IllegalStateException("the handler is in no pipeline");
        }
        return ctx;
    }

    private Channel channel() {
        return context().channel();
    }
}
