package dev.tailnet.proxy.connect;

import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.connection.Farewell;
import dev.tailnet.proxy.dial.Dialer;
import dev.tailnet.proxy.dial.Upstream;
import dev.tailnet.proxy.policy.Verdict;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.request.TunnelEnd;
import dev.tailnet.proxy.resolve.Resolver.Resolution;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request on its way to a tunnel: takes the steps in order, keeps what the client sends meanwhile, notices when it leaves. */
final class ConnectHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOGGER = LoggerFactory.getLogger(ConnectHandler.class);
    private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);

    /** Where the request is. */
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

    private State state = State.NEW;
    private @Nullable ByteBuf early;
    /** The step that is under way. */
    private @Nullable Future<?> pending;

    private final Trail trail;
    private final Deque<Candidate> candidates = new ArrayDeque<>(2);
    private @Nullable ConnectFailure firstFailure;
    private long dialDeadline;

    ConnectHandler(Connector connector, Connection connection, ConnectRequest request, Replies replies) {
        this.connector = connector;
        this.connection = connection;
        this.request = request;
        this.replies = replies;
        this.trail = new Trail(connector.audit, request);
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

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (state == State.NEW) {
            state = State.CONNECTING;
            try {
                judgeTarget(ctx.channel());
            } catch (RuntimeException e) {
                broken(ctx.channel(), e);
            }
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
        } else {
            broken(ctx.channel(), cause);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        releaseEarly();
    }

    private void judgeTarget(Channel channel) {
        switch (connector.policy.onTarget(request)) {
            case Verdict.Allowed() -> awaitNode(channel);
            case Verdict.Refused(String refusedBy, String message) -> {
                trail.refusedBy(refusedBy);
                fail(channel, new ConnectFailure(FailureReason.NOT_ALLOWED, message));
            }
        }
    }

    private void awaitNode(Channel channel) {
        if (connector.readiness.isReady()) {
            resolve(channel);
            return;
        }
        trail.startStep();
        await(channel, connector.readiness.await(connector.timeouts.readiness(), channel.eventLoop()), ready -> {
            trail.waited();
            if (ready.isSuccess()) {
                resolve(channel);
            } else {
                fail(channel, failure(ready.cause()));
            }
        });
    }

    private void resolve(Channel channel) {
        switch (request.target().host()) {
            case Host.Address(InetAddress address) -> {
                trail.addresses(List.of(address), null);
                judgeAddresses(channel);
            }
            case Host.Name(String name) -> {
                trail.startStep();
                var lookup = connector.resolver.resolve(
                        request.id(), name, connector.timeouts.lookup(), channel.eventLoop());
                await(channel, lookup, answer -> {
                    trail.lookedUp();
                    if (answer.isSuccess()) {
                        Resolution resolution = answer.getNow();
                        trail.addresses(resolution.addresses(), resolution.answeredBy());
                        judgeAddresses(channel);
                    } else {
                        fail(channel, failure(answer.cause()));
                    }
                });
            }
        }
    }

    private void judgeAddresses(Channel channel) {
        Candidates judged = Candidates.of(request, trail.addresses(), connector.routes, connector.policy);
        if (judged.failure() != null) {
            trail.refusedBy(judged.rule());
            fail(channel, judged.failure());
            return;
        }
        candidates.addAll(judged.inOrder());
        dialDeadline = System.nanoTime() + connector.timeouts.dial().toNanos();
        dialNext(channel, candidates.remove());
    }

    private void dialNext(Channel channel, Candidate candidate) {
        trail.dialing(candidate);
        Duration timeout = DialShare.of(Duration.ofNanos(dialDeadline - System.nanoTime()), candidates.size() + 1);
        Dialer dialer = candidate.route() == Route.DIRECT ? connector.direct : connector.tailnet;
        var remote = new InetSocketAddress(candidate.address(), request.target().port());
        Future<Upstream> dial = dialer.dial(request.id(), remote, timeout, channel.eventLoop());
        pending = dial;
        dial.addListener((Future<Upstream> done) -> dialEnded(channel, done));
    }

    private void dialEnded(Channel channel, Future<Upstream> dial) {
        trail.dialEnded();
        pending = null;
        if (state != State.CONNECTING) {
            if (dial.isSuccess()) {
                dial.getNow().discard();
            }
            return;
        }
        try {
            if (dial.isSuccess()) {
                reply((EpollSocketChannel) channel, dial.getNow());
            } else {
                dialFailed(channel, failure(dial.cause()));
            }
        } catch (RuntimeException e) {
            broken(channel, e);
        }
    }

    /** What the first address did is what the client hears of, should no other do better. */
    private void dialFailed(Channel channel, ConnectFailure failure) {
        ConnectFailure first = firstFailure == null ? failure : firstFailure;
        firstFailure = first;
        Candidate next = candidates.poll();
        if (next == null || System.nanoTime() - dialDeadline >= 0) {
            fail(channel, first);
        } else {
            dialNext(channel, next);
        }
    }

    private void reply(EpollSocketChannel channel, Upstream upstream) {
        int fd;
        try {
            fd = connector.handOver.duplicate(channel);
        } catch (IOException | RuntimeException e) {
            upstream.discard();
            fail(channel, new ConnectFailure(FailureReason.RESOURCES, String.valueOf(e.getMessage())));
            return;
        }
        state = State.REPLYING;
        channel.writeAndFlush(replies.established(channel.alloc())).addListener((ChannelFutureListener) written -> {
            if (written.isSuccess()) {
                handOver(channel, fd, upstream);
            } else {
                state = State.DONE;
                connector.handOver.drop(fd);
                upstream.discard();
                releaseEarly();
                trail.decided(clientGone());
                channel.close();
            }
        });
    }

    private void handOver(EpollSocketChannel channel, int fd, Upstream upstream) {
        state = State.DONE;
        trail.decided(null);
        ByteBuf first = early;
        early = null;
        connection.enterTunnel();
        connector.handOver.leave(channel);
        Future<TunnelEnd> end;
        try {
            end = upstream.relay(fd, first == null ? NOTHING : first.nioBuffer(), connector.timeouts.idle());
        } catch (RuntimeException e) {
            LOGGER.error("Request {} to {} failed by a fault of the agent", request.id(), request.target(), e);
            closed(new TunnelEnd(TunnelEnd.Cause.ERROR, 0, 0, String.valueOf(e.getMessage())));
            return;
        } finally {
            ReferenceCountUtil.release(first);
        }
        connection.tunnel(end);
        end.addListener((Future<TunnelEnd> ended) -> closed(endOf(ended)));
    }

    private static TunnelEnd endOf(Future<TunnelEnd> ended) {
        if (ended.isSuccess()) {
            return ended.getNow();
        }
        TunnelEnd.Cause cause = ended.isCancelled() ? TunnelEnd.Cause.CANCELLED : TunnelEnd.Cause.ERROR;
        return new TunnelEnd(cause, 0, 0, String.valueOf(ended.cause().getMessage()));
    }

    /** Goes on with a step's outcome, unless the client has left meanwhile. */
    private <T> void await(Channel channel, Future<T> step, Step<T> next) {
        pending = step;
        step.addListener((Future<T> done) -> {
            pending = null;
            if (state == State.CONNECTING) {
                try {
                    next.take(done);
                } catch (RuntimeException e) {
                    broken(channel, e);
                }
            }
        });
    }

    /** What to do with a step's outcome. */
    @FunctionalInterface
    private interface Step<T> {
        void take(Future<T> done);
    }

    private void fail(Channel channel, ConnectFailure failure) {
        state = State.DONE;
        releaseEarly();
        trail.decided(failure);
        Farewell.say(connection, replies.failed(channel.alloc(), failure));
    }

    private void broken(Channel channel, Throwable cause) {
        LOGGER.error("Request {} to {} failed by a fault of the agent", request.id(), request.target(), cause);
        if (state == State.NEW || state == State.CONNECTING) {
            cancelPending();
            fail(channel, failure(cause));
        } else {
            channel.close();
        }
    }

    private void clientLeft(Channel channel) {
        if (state != State.NEW && state != State.CONNECTING) {
            return;
        }
        state = State.DONE;
        cancelPending();
        releaseEarly();
        trail.decided(clientGone());
        channel.close();
    }

    private ConnectFailure clientGone() {
        return new ConnectFailure(
                FailureReason.CANCELLED, connection.isAborted() ? "the agent is stopping" : "the client went away");
    }

    private void cancelPending() {
        Future<?> step = pending;
        if (step != null) {
            step.cancel(true);
        }
    }

    private static ConnectFailure failure(Throwable cause) {
        return cause instanceof ConnectFailure failure
                ? failure
                : new ConnectFailure(FailureReason.INTERNAL, "a fault of the agent: " + cause);
    }

    private void closed(TunnelEnd end) {
        connection.ended();
        trail.closed(end);
    }

    private void releaseEarly() {
        ReferenceCountUtil.release(early);
        early = null;
    }
}
