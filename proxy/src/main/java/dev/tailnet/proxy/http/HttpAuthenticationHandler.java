package dev.tailnet.proxy.http;

import dev.tailnet.proxy.auth.Authenticator;
import dev.tailnet.proxy.auth.Credentials;
import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.connection.Draining;
import dev.tailnet.proxy.connection.Farewell;
import dev.tailnet.proxy.connection.HandshakeTimeout;
import dev.tailnet.proxy.connection.Rejection;
import dev.tailnet.proxy.request.ConnectFailure;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a request through once its credentials have proved right, and answers 407 to one without (RFC 9110, section 11.7). The
 * connection stays open for another try where the client can make one: curl and browsers send no credentials at first.
 */
final class HttpAuthenticationHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOGGER = LoggerFactory.getLogger(HttpAuthenticationHandler.class);
    private static final int MOST_TRIES = 5;

    /** What becomes of the messages of the current request. */
    private enum State {
        PASSING,
        CHECKING,
        SKIPPING
    }

    private final Connection connection;
    private final Authenticator authenticator;
    private final RequestDecoder decoder;
    private final Deque<Object> held = new ArrayDeque<>(2);

    private State state = State.PASSING;
    private @Nullable Future<Optional<String>> check;
    private int tries;
    /** Between an answer and the next request. */
    private boolean waits;

    HttpAuthenticationHandler(Connection connection, Authenticator authenticator, RequestDecoder decoder) {
        this.decoder = decoder;
        this.connection = connection;
        this.authenticator = authenticator;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        switch (state) {
            case CHECKING -> held.add(message);
            case SKIPPING -> {
                if (message instanceof LastHttpContent) {
                    state = State.PASSING;
                }
                ReferenceCountUtil.release(message);
            }
            case PASSING -> {
                if (message instanceof HttpRequest request
                        && authenticator.isRequired()
                        && request.decoderResult().isSuccess()) {
                    waits = false;
                    authenticate(ctx, request);
                } else {
                    ctx.fireChannelRead(message);
                }
            }
        }
    }

    private void authenticate(ChannelHandlerContext ctx, HttpRequest request) {
        Optional<Credentials> credentials = BasicCredentials.of(request.headers());
        if (credentials.isEmpty()) {
            boolean none = !request.headers().contains(HttpHeaderNames.PROXY_AUTHORIZATION);
            refuse(ctx, request, none ? "a user name and password are asked for" : "the credentials cannot be read");
            return;
        }
        Future<Optional<String>> asked = authenticator.authenticate(credentials.get(), ctx.executor());
        if (asked.isDone()) {
            checked(ctx, request, asked);
            return;
        }
        state = State.CHECKING;
        check = asked;
        decoder.pause(RequestDecoder.Pause.AUTHENTICATION);
        asked.addListener((Future<Optional<String>> done) -> {
            check = null;
            if (!ctx.isRemoved() && ctx.channel().isActive()) {
                goOn(ctx, request, done);
            }
        });
    }

    private void goOn(ChannelHandlerContext ctx, HttpRequest request, Future<Optional<String>> done) throws Exception {
        checked(ctx, request, done);
        while (!held.isEmpty() && !ctx.isRemoved()) {
            channelRead(ctx, held.remove());
        }
        ChannelHandlerContext decoding = ctx.pipeline().context(decoder);
        if (decoding != null) {
            decoder.resume(RequestDecoder.Pause.AUTHENTICATION, decoding);
        }
        // From the head: this handler may be gone by now.
        ctx.pipeline().fireChannelReadComplete();
    }

    private void checked(ChannelHandlerContext ctx, HttpRequest request, Future<Optional<String>> done) {
        if (!done.isSuccess()) {
            var failure = done.cause() instanceof ConnectFailure known ? known : ConnectFailure.internal(done.cause());
            say(ctx, request, HttpAnswer.of(failure), true);
        } else if (done.getNow().isEmpty()) {
            LOGGER.info(
                    "Refused the HTTP request of {}: wrong user name or password",
                    ctx.channel().remoteAddress());
            refuse(ctx, request, "wrong user name or password");
        } else {
            state = State.PASSING;
            connection.authenticated(done.getNow().get());
            request.headers().remove(HttpHeaderNames.PROXY_AUTHORIZATION);
            ctx.fireChannelRead(request);
        }
    }

    private void refuse(ChannelHandlerContext ctx, HttpRequest request, String why) {
        connection.rejected(Rejection.AUTHENTICATION);
        tries++;
        boolean hasBody = HttpUtil.isTransferEncodingChunked(request)
                || request.headers().contains(HttpHeaderNames.CONTENT_LENGTH);
        boolean ends = hasBody || tries >= MOST_TRIES || !HttpUtil.isKeepAlive(request) || connection.isDraining();
        say(ctx, request, HttpAnswer.authenticationRequired(why), ends);
    }

    private void say(ChannelHandlerContext ctx, HttpRequest request, HttpAnswer answer, boolean ends) {
        boolean headOnly = request.method().equals(HttpMethod.HEAD);
        state = request instanceof LastHttpContent ? State.PASSING : State.SKIPPING;
        ReferenceCountUtil.release(request);
        if (ends || headOnly) {
            Farewell.say(connection, headOnly ? answer.encodeHead(ctx.alloc()) : answer.encode(ctx.alloc()));
        } else {
            waits = true;
            ctx.writeAndFlush(answer.encodeOpen(ctx.alloc()));
            connection.restartHandshake();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (waits && (event instanceof HandshakeTimeout || event instanceof Draining)) {
            ctx.close();
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (check != null) {
            check.cancel(false);
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        held.forEach(ReferenceCountUtil::release);
        held.clear();
    }
}
