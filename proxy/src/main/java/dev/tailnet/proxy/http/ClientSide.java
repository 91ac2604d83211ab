package dev.tailnet.proxy.http;

import dev.tailnet.proxy.connect.Connector;
import dev.tailnet.proxy.connect.Trail;
import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.connection.Farewell;
import dev.tailnet.proxy.connection.HandlerNames;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a client's connection is to its exchanges, one after another: takes their responses, says why there is none, and decides
 * whether there may be another request. All on its event loop.
 */
final class ClientSide {
    private static final Logger LOGGER = LoggerFactory.getLogger(ClientSide.class);

    private final HttpFrontEnd frontEnd;
    private final Connection connection;
    private final RequestDecoder decoder;
    private final ChannelHandlerContext ctx;
    private final Channel channel;
    private @Nullable ResponseEncoder encoder;
    private @Nullable KeepAlive keepAlive;

    private @Nullable Exchange exchange;
    private @Nullable ByteBuf early;
    private boolean headOnly;
    private boolean byBrowser;
    private boolean inputEnded;
    private boolean draining;
    /** Nothing that comes from here on is read: there has been a last answer, or there is another protocol. */
    private boolean done;

    /** @param ctx of the handler that reads the requests */
    ClientSide(HttpFrontEnd frontEnd, Connection connection, RequestDecoder decoder, ChannelHandlerContext ctx) {
        this.frontEnd = frontEnd;
        this.connection = connection;
        this.decoder = decoder;
        this.ctx = ctx;
        this.channel = ctx.channel();
    }

    /** The exchange under way; null between two, and while a CONNECT is read. */
    @Nullable
    Exchange exchange() {
        return exchange;
    }

    boolean isDone() {
        return done;
    }

    /** What comes once this is done: the first bytes of another protocol, or nothing of use. */
    void afterwards(Object message) {
        if (early == null && message instanceof ByteBuf bytes) {
            early = bytes;
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    /** There is a request. */
    void asked(boolean toHead, boolean byBrowser) {
        headOnly = toHead;
        this.byBrowser = byBrowser;
    }

    /** Runs on the connection's event loop, at once or soon. */
    void execute(Runnable action) {
        channel.eventLoop().execute(action);
    }

    void begin(ForwardedRequest forwarded, ConnectRequest request) {
        prepareResponse();
        var begun = new Exchange(this, frontEnd.pool(channel.eventLoop()), forwarded, request);
        exchange = begun;
        begun.begin();
    }

    private void prepareResponse() {
        ResponseEncoder present = encoder;
        if (present == null) {
            present = new ResponseEncoder();
            encoder = present;
            ctx.pipeline().addBefore(ctx.name(), HandlerNames.HTTP_ENCODER, present);
            channel.config().setWriteBufferWaterMark(UpstreamConnection.WATER_MARK);
            connection.exchanging();
        }
        present.toHead(headOnly);
    }

    void removeEncoder() {
        if (encoder != null) {
            ctx.pipeline().remove(encoder);
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
        ctx.write(message, channel.voidPromise());
    }

    void flush() {
        ctx.flush();
    }

    boolean isWritable() {
        return channel.isWritable();
    }

    void pause() {
        decoder.pause(RequestDecoder.Pause.EXCHANGE);
    }

    void resume() {
        try {
            decoder.resume(RequestDecoder.Pause.EXCHANGE, ctx.pipeline().context(decoder));
        } catch (Exception e) {
            ctx.fireExceptionCaught(e);
        }
        if (inputEnded && !decoder.hasMore() && exchange != null && !exchange.hasRequestEnded()) {
            left();
        }
    }

    /** Says why there is no response, and closes. Nothing of a response has been written. */
    void answer(HttpAnswer answer) {
        LOGGER.debug(
                "Answered the HTTP request of {} with {}: {}", channel.remoteAddress(), answer.status(), answer.text());
        HttpAnswer shown = byBrowser ? answer.asPage() : answer;
        sayLast(headOnly ? shown.encodeHead(ctx.alloc()) : shown.encode(ctx.alloc()));
    }

    void sayLast(ByteBuf answer) {
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
            keepAlive = new KeepAlive(channel, frontEnd.limits().keepAlive());
        }
        keepAlive.idle();
        resume();
        if (exchange == null && !done && (inputEnded || draining)) {
            channel.close();
        }
    }

    /** The time for another request has passed. */
    void keptLongEnough() {
        if (exchange == null) {
            channel.close();
        }
    }

    /** The server ends: there is no other request. */
    void drain() {
        draining = true;
        if (exchange == null && keepAlive != null) {
            channel.close();
        }
    }

    /** The client has ended its side; it may still wait for a response. */
    void inputEnded() {
        inputEnded = true;
        if (exchange == null || (!decoder.hasMore() && !exchange.mayBeAwaited())) {
            left();
        }
    }

    /** The client has gone. */
    void left() {
        Exchange abandoned = exchange;
        done = true;
        exchange = null;
        if (abandoned != null) {
            abandoned.clientLeft();
        }
        channel.close();
    }

    /** The response can't be completed, and the client must see that: where nothing else tells, by a reset. */
    void breakOff(boolean byReset) {
        done = true;
        exchange = null;
        if (byReset) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        flush();
        channel.close();
    }

    /** What is written from here on is another protocol's. */
    void beginUpgrade() {
        done = true;
        exchange = null;
        removeEncoder();
        channel.config().setAutoRead(false);
        ctx.pipeline().remove(decoder);
    }

    /** Makes a tunnel of the client's connection and the target's. */
    void join(Channel upstream, Trail trail) {
        ByteBuf first = early;
        early = null;
        connector().join(connection, upstream, first, trail);
    }

    /** Nothing is read or written any more. */
    void release() {
        ReferenceCountUtil.release(early);
        early = null;
    }
}
