package dev.tailnet.proxy.http;

import dev.tailnet.proxy.connect.Attached;
import dev.tailnet.proxy.connect.Candidate;
import dev.tailnet.proxy.connect.Opened;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.Target;
import dev.tailnet.proxy.request.TunnelEnd;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection to a target, which serves one exchange after another; between two it waits in the pool. */
final class UpstreamConnection extends ChannelInboundHandlerAdapter {
    private static final Logger LOGGER = LoggerFactory.getLogger(UpstreamConnection.class);

    private static final String ENCODER = "http-request-encoder";
    private static final String DECODER = "http-response-decoder";

    /** Lines may end in LF alone, as some old servers end theirs: what is passed on is written anew. */
    private static final HttpDecoderConfig CONFIG = new HttpDecoderConfig()
            .setMaxInitialLineLength(8 * 1024)
            .setMaxHeaderSize(64 * 1024)
            .setMaxChunkSize(64 * 1024)
            .setStrictLineParsing(false);

    /** What may wait for a slow reader, on either side: memory that many of them together may have. */
    static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(8 * 1024, 32 * 1024);

    private static final RecvByteBufAllocator RECEIVE_BUFFERS =
            new AdaptiveRecvByteBufAllocator(1024, 4 * 1024, 32 * 1024);

    private final UpstreamPool pool;
    private final Target target;
    private final Candidate way;
    private final ResponseDecoder decoder = new ResponseDecoder(CONFIG);
    private final Channel channel;
    private final Future<TunnelEnd> end;
    private @Nullable Exchange exchange;
    private long idleSince;

    private UpstreamConnection(UpstreamPool pool, Target target, Opened opened) throws ConnectFailure {
        this.pool = pool;
        this.target = target;
        this.way = opened.trail().way();
        Attached attached = opened.attach(pool.loop(), new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel created) {
                created.config().setWriteBufferWaterMark(WATER_MARK).setRecvByteBufAllocator(RECEIVE_BUFFERS);
                created.pipeline()
                        .addLast(ENCODER, new HttpRequestEncoder())
                        .addLast(DECODER, decoder)
                        .addLast(UpstreamConnection.this);
            }
        });
        this.channel = attached.channel();
        this.end = attached.end();
    }

    /**
     * Makes one of what was opened.
     *
     * @throws ConnectFailure when there are no descriptors left
     */
    static UpstreamConnection over(Opened opened, Target target, UpstreamPool pool) throws ConnectFailure {
        return new UpstreamConnection(pool, target, opened);
    }

    Target target() {
        return target;
    }

    Candidate way() {
        return way;
    }

    long idleSince() {
        return idleSince;
    }

    Channel channel() {
        return channel;
    }

    /** How the connection ended, once it has. */
    Future<TunnelEnd> end() {
        return end;
    }

    /** Whether the responses so far leave no doubt where the next begins. */
    boolean isInStep() {
        return channel.isActive() && !decoder.isAmbiguous();
    }

    void begin(Exchange next, boolean toHead) {
        exchange = next;
        decoder.toHead(toHead);
    }

    void write(Object message) {
        channel.write(message, channel.voidPromise());
    }

    void flush() {
        channel.flush();
    }

    boolean isWritable() {
        return channel.isWritable();
    }

    /** Reads on, or no further for now. */
    void read(boolean on) {
        if (channel.config().isAutoRead() != on) {
            channel.config().setAutoRead(on);
        }
    }

    /** The exchange is over: waits for the next, if there may be one. */
    void release(boolean reusable) {
        exchange = null;
        idleSince = System.nanoTime();
        read(true);
        if (!reusable || !isInStep() || !pool.offer(this)) {
            close();
        }
    }

    /** Closes; the exchange hears no more of it. */
    void close() {
        exchange = null;
        channel.close();
    }

    /** Leaves nothing in the pipeline that reads: what comes next, and what has come already, goes to the exchange as bytes. */
    void upgrade() {
        channel.config().setAutoRead(false);
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        channel.pipeline().remove(ENCODER);
        channel.pipeline().remove(decoder);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Exchange current = exchange;
        if (current == null) {
            // Nobody has asked: what it says could only be taken for an answer to the next request.
            ReferenceCountUtil.release(message);
            pool.remove(this);
            ctx.close();
            return;
        }
        if (message instanceof HttpResponse response) {
            current.response().head(response);
        }
        if (message instanceof HttpContent content) {
            current.response().content(content);
        } else if (message instanceof ByteBuf bytes) {
            current.response().upgradedBytes(bytes);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (exchange != null) {
            exchange.response().flush();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (exchange != null && channel.isWritable()) {
            exchange.upstreamTakesMore();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        Exchange current = exchange;
        exchange = null;
        if (current == null) {
            pool.remove(this);
        } else {
            current.upstreamClosed();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOGGER.error("The HTTP connection to {} failed by a fault of the agent", target, cause);
        }
        ctx.close();
    }
}
