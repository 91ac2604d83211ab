package dev.tailnet.proxy.connect;

import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.connection.Farewell;
import dev.tailnet.proxy.connection.HandlerNames;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.FailureReason;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.unix.UnixChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client that waits for its tunnel, and the hand-over of its socket: keeps what the client sends meanwhile, notices when it
 * leaves. The client's channel is of TCP or of a unix socket.
 */
final class ConnectHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOGGER = LoggerFactory.getLogger(ConnectHandler.class);

    /** Where the client is. */
    private enum State {
        NEW,
        CONNECTING,
        REPLYING,
        DONE
    }

    private final Connector connector;
    private final Connection connection;
    private final ConnectRequest request;
    private final Replies replies;
    private final boolean passesSocket;

    private State state = State.NEW;
    private @Nullable ByteBuf early;
    private @Nullable Opening opening;

    /** @param passesSocket whether the client, on a unix socket, passes another one for the tunnel */
    ConnectHandler(
            Connector connector, Connection connection, ConnectRequest request, Replies replies, boolean passesSocket) {
        this.connector = connector;
        this.connection = connection;
        this.request = request;
        this.replies = replies;
        this.passesSocket = passesSocket;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (state == State.DONE || !(message instanceof ByteBuf bytes)) {
            ReferenceCountUtil.release(message);
        } else if (early == null) {
            early = bytes;
        } else {
            early = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), early, bytes);
        }
    }

    /** The target was known before the client said anything. */
    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        begin(ctx.channel());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        begin(ctx.channel());
    }

    private void begin(Channel channel) {
        if (state == State.NEW) {
            try {
                connector.admit(connection, request);
            } catch (ConnectFailure e) {
                say(channel, e);
                return;
            }
            state = State.CONNECTING;
            Opening begun = connector.open(request, channel.eventLoop());
            opening = begun;
            begun.addListener((Future<Opened> done) -> ended(channel, done));
        }
    }

    /** A client that ends its side with nothing said has nothing to wait for; one that has sent early data may wait for an answer to it. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent && early == null) {
            clientLeft(ctx.channel());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        clientLeft(ctx.channel());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            clientLeft(ctx.channel());
            return;
        }
        LOGGER.error("Request {} to {} failed by a fault of the agent", request.id(), request.target(), cause);
        if (state == State.CONNECTING && opening != null && opening.abandon(ConnectFailure.internal(cause))) {
            say(ctx.channel(), ConnectFailure.internal(cause));
        } else {
            clientLeft(ctx.channel());
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        releaseEarly();
    }

    private void ended(Channel channel, Future<Opened> done) {
        if (state != State.CONNECTING) {
            return; // cancelled by this handler itself
        }
        if (done.isSuccess() && passesSocket) {
            awaitSocket(channel, done.getNow());
        } else if (done.isSuccess()) {
            reply(channel, done.getNow());
        } else {
            say(
                    channel,
                    done.cause() instanceof ConnectFailure failure ? failure : ConnectFailure.internal(done.cause()));
        }
    }

    private void reply(Channel channel, Opened opened) {
        int fd;
        try {
            fd = connector.handOver.duplicate((UnixChannel) channel);
        } catch (IOException | RuntimeException e) {
            var failure = new ConnectFailure(FailureReason.RESOURCES, String.valueOf(e.getMessage()));
            opened.discard();
            opened.trail().failed(failure);
            say(channel, failure);
            return;
        }
        state = State.REPLYING;
        channel.writeAndFlush(replies.established(channel.alloc())).addListener((ChannelFutureListener) written -> {
            if (written.isSuccess()) {
                go(channel, new Tunnel(connector, connection, opened, fd));
            } else {
                connector.handOver.drop(fd);
                unanswered(channel, opened);
            }
        });
    }

    private void awaitSocket(Channel channel, Opened opened) {
        state = State.REPLYING;
        channel.writeAndFlush(replies.established(channel.alloc())).addListener((ChannelFutureListener) written -> {
            if (written.isSuccess()) {
                state = State.DONE;
                var handler = new PassedSocketHandler(connector, connection, request, opened);
                channel.pipeline().replace(this, HandlerNames.PASSED_SOCKET, handler);
            } else {
                unanswered(channel, opened);
            }
        });
    }

    private void unanswered(Channel channel, Opened opened) {
        state = State.DONE;
        opened.discard();
        opened.trail().failed(connection.gone());
        releaseEarly();
        channel.close();
    }

    private void go(Channel channel, Tunnel tunnel) {
        state = State.DONE;
        ByteBuf first = early;
        early = null;
        if (tunnel.requiresName()) {
            var handler = new ShownNameHandler(request, connection, tunnel, first);
            channel.pipeline().replace(this, HandlerNames.SHOWN_NAME, handler);
        } else {
            tunnel.begin(first);
        }
    }

    private void say(Channel channel, ConnectFailure failure) {
        state = State.DONE;
        releaseEarly();
        ByteBuf answer = replies.failed(channel.alloc(), failure);
        if (answer == null) {
            Farewell.reset(connection);
        } else {
            Farewell.say(connection, answer);
        }
    }

    private void clientLeft(Channel channel) {
        if (state != State.NEW && state != State.CONNECTING) {
            return;
        }
        state = State.DONE;
        if (opening != null) {
            opening.abandon(connection.gone());
        }
        releaseEarly();
        channel.close();
    }

    private void releaseEarly() {
        ReferenceCountUtil.release(early);
        early = null;
    }
}
