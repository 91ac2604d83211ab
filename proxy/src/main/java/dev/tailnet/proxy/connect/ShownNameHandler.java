package dev.tailnet.proxy.connect;

import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.connection.Farewell;
import dev.tailnet.proxy.peek.ShownName;
import dev.tailnet.proxy.policy.Verdict;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.FailureReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client that has its tunnel, to an address, and has to show by its first bytes which host it means there. They go to the target
 * once they are judged, and not before.
 */
final class ShownNameHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOGGER = LoggerFactory.getLogger(ShownNameHandler.class);
    private static final int MOST_BYTES = 1 << 16;

    private final ConnectRequest request;
    private final Connection connection;
    private final Tunnel tunnel;
    private ByteBuf early;
    private @Nullable Future<?> deadline;
    private boolean inputEnded;
    private boolean done;

    /** @param early bytes that the client has sent already; owned by this */
    ShownNameHandler(ConnectRequest request, Connection connection, Tunnel tunnel, @Nullable ByteBuf early) {
        this.request = request;
        this.connection = connection;
        this.tunnel = tunnel;
        this.early = early == null ? Unpooled.EMPTY_BUFFER : early;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        deadline = ctx.executor()
                .schedule(
                        () -> {
                            if (!done) {
                                judge(null, ShownName.Protocol.OTHER);
                            }
                        },
                        tunnel.patienceNanos(),
                        TimeUnit.NANOSECONDS);
        look(ctx);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (done || !(message instanceof ByteBuf bytes)) {
            ReferenceCountUtil.release(message);
        } else {
            early = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), early, bytes);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!done) {
            look(ctx);
        }
    }

    private void look(ChannelHandlerContext ctx) {
        switch (ShownName.in(early)) {
            case ShownName.Found(String name, ShownName.Protocol protocol) -> judge(name, protocol);
            case ShownName.Missing(ShownName.Protocol protocol) -> judge(null, protocol);
            case ShownName.Incomplete incomplete -> {
                if (inputEnded || early.readableBytes() > MOST_BYTES) {
                    judge(null, ShownName.Protocol.OTHER);
                } else {
                    ctx.read();
                }
            }
        }
    }

    private void judge(@Nullable String name, ShownName.Protocol protocol) {
        finish();
        switch (tunnel.judge(name)) {
            case Verdict.Allowed allowed -> {
                ByteBuf first = early;
                early = Unpooled.EMPTY_BUFFER;
                tunnel.begin(first);
            }
            case Verdict.Refused refused -> {
                var why = new ConnectFailure(FailureReason.NOT_ALLOWED, refused.message());
                tunnel.refuse(refused, why);
                Farewell.say(connection, RefusalInTunnel.of(protocol, refused.message()));
            }
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent && !done) {
            inputEnded = true;
            look(ctx);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        leave();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOGGER.error("Request {} to {} failed by a fault of the agent", request.id(), request.target(), cause);
        }
        leave();
        ctx.close();
    }

    private void leave() {
        if (!done) {
            finish();
            tunnel.giveUp(connection.gone());
        }
    }

    private void finish() {
        done = true;
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        early.release();
        early = Unpooled.EMPTY_BUFFER;
    }
}
