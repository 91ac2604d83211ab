package dev.tailnet.proxy.connect;

import dev.tailnet.proxy.audit.Closed;
import dev.tailnet.proxy.audit.Decision;
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
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
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

    /** An address that may be dialed, and the way to it. */
    private record Candidate(InetAddress address, Route route) {}

    private final Connector connector;
    private final Connection connection;
    private final ConnectRequest request;
    private final Replies replies;

    private State state = State.NEW;
    private @Nullable ByteBuf early;
    /** The step that is under way. */
    private @Nullable Future<?> pending;

    private List<InetAddress> addresses = List.of();
    private @Nullable String answeredBy;
    private Deque<Candidate> candidates = new ArrayDeque<>(0);
    private @Nullable Candidate dialed;
    private @Nullable ConnectFailure firstFailure;
    private @Nullable String rule;
    private long stepStart;
    private long dialDeadline;
    private long waitedNanos;
    private long lookupNanos;
    private long dialNanos;

    ConnectHandler(Connector connector, Connection connection, ConnectRequest request, Replies replies) {
        this.connector = connector;
        this.connection = connection;
        this.request = request;
        this.replies = replies;
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
                rule = refusedBy;
                fail(channel, new ConnectFailure(FailureReason.NOT_ALLOWED, message));
            }
        }
    }

    private void awaitNode(Channel channel) {
        if (connector.readiness.isReady()) {
            resolve(channel);
            return;
        }
        stepStart = System.nanoTime();
        await(channel, connector.readiness.await(connector.timeouts.readiness(), channel.eventLoop()), ready -> {
            waitedNanos = System.nanoTime() - stepStart;
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
                addresses = List.of(address);
                judgeAddresses(channel);
            }
            case Host.Name(String name) -> {
                stepStart = System.nanoTime();
                var lookup = connector.resolver.resolve(
                        request.id(), name, connector.timeouts.lookup(), channel.eventLoop());
                await(channel, lookup, answer -> {
                    lookupNanos = System.nanoTime() - stepStart;
                    if (answer.isSuccess()) {
                        Resolution resolution = answer.getNow();
                        addresses = resolution.addresses();
                        answeredBy = resolution.answeredBy();
                        judgeAddresses(channel);
                    } else {
                        fail(channel, failure(answer.cause()));
                    }
                });
            }
        }
    }

    private void judgeAddresses(Channel channel) {
        var overTailnet = new ArrayDeque<Candidate>(addresses.size());
        var directly = new ArrayList<Candidate>(0);
        for (InetAddress address : addresses) {
            Route route = connector.routes.routeOf(address);
            if (route == Route.UNOWNED) {
                failed(new ConnectFailure(
                        FailureReason.NOT_ON_TAILNET,
                        address.getHostAddress() + " is an address of the tailnet's range that no node has: see the"
                                + " node's list of peers, and whether an ACL hides the one you want"));
                continue;
            }
            switch (connector.policy.onAddress(request, address, route)) {
                case Verdict.Allowed() -> {
                    var candidate = new Candidate(address, route);
                    if (route == Route.DIRECT) {
                        directly.add(candidate);
                    } else {
                        overTailnet.add(candidate);
                    }
                }
                case Verdict.Refused(String refusedBy, String message) -> {
                    if (firstFailure == null) {
                        rule = refusedBy;
                    }
                    failed(new ConnectFailure(FailureReason.NOT_ALLOWED, message));
                }
            }
        }
        overTailnet.addAll(directly);
        candidates = overTailnet;
        if (!candidates.isEmpty()) {
            // A refused address does not matter as long as another may be dialed.
            firstFailure = null;
            rule = null;
        }
        dialDeadline = System.nanoTime() + connector.timeouts.dial().toNanos();
        dialNext(channel);
    }

    private void dialNext(Channel channel) {
        Candidate candidate = candidates.poll();
        if (candidate == null) {
            fail(
                    channel,
                    firstFailure != null
                            ? firstFailure
                            : new ConnectFailure(
                                    FailureReason.NAME_NOT_FOUND,
                                    request.target().host() + " has no address"));
            return;
        }
        stepStart = System.nanoTime();
        Duration timeout = DialShare.of(Duration.ofNanos(dialDeadline - stepStart), candidates.size() + 1);
        if (!timeout.isPositive()) {
            fail(channel, Objects.requireNonNull(firstFailure, "a dial used the time up"));
            return;
        }
        dialed = candidate;
        Dialer dialer = candidate.route() == Route.DIRECT ? connector.direct : connector.tailnet;
        var remote = new InetSocketAddress(candidate.address(), request.target().port());
        Future<Upstream> dial = dialer.dial(request.id(), remote, timeout, channel.eventLoop());
        pending = dial;
        dial.addListener((Future<Upstream> done) -> dialEnded(channel, done));
    }

    private void dialEnded(Channel channel, Future<Upstream> dial) {
        dialNanos += System.nanoTime() - stepStart;
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
                failed(failure(dial.cause()));
                dialNext(channel);
            }
        } catch (RuntimeException e) {
            broken(channel, e);
        }
    }

    private void reply(EpollSocketChannel channel, Upstream upstream) {
        int fd;
        try {
            fd = connector.handOver.duplicate(channel);
        } catch (IOException e) {
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
                decided(clientGone());
                channel.close();
            }
        });
    }

    private void handOver(EpollSocketChannel channel, int fd, Upstream upstream) {
        state = State.DONE;
        decided(null);
        long opened = System.nanoTime();
        Candidate to = Objects.requireNonNull(dialed);
        ByteBuf first = early;
        early = null;
        connection.enterTunnel();
        connector.handOver.leave(channel);
        Future<TunnelEnd> end;
        try {
            end = upstream.relay(fd, first == null ? NOTHING : first.nioBuffer(), connector.timeouts.idle());
        } catch (RuntimeException e) {
            LOGGER.error("Request {} to {} failed by a fault of the agent", request.id(), request.target(), e);
            closed(to, new TunnelEnd(TunnelEnd.Cause.ERROR, 0, 0, String.valueOf(e.getMessage())), opened);
            return;
        } finally {
            ReferenceCountUtil.release(first);
        }
        connection.tunnel(end);
        end.addListener((Future<TunnelEnd> ended) -> closed(to, endOf(ended), opened));
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

    private void failed(ConnectFailure failure) {
        if (firstFailure == null) {
            firstFailure = failure;
        }
    }

    private void fail(Channel channel, ConnectFailure failure) {
        state = State.DONE;
        releaseEarly();
        decided(failure);
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
        decided(clientGone());
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

    private void decided(@Nullable ConnectFailure failure) {
        try {
            connector.audit.decided(new Decision(
                    request,
                    addresses,
                    answeredBy,
                    dialed == null ? null : dialed.address(),
                    dialed == null ? null : dialed.route(),
                    rule,
                    failure,
                    Duration.ofNanos(waitedNanos),
                    Duration.ofNanos(lookupNanos),
                    Duration.ofNanos(dialNanos)));
        } catch (RuntimeException e) {
            LOGGER.error("The audit of request {} failed", request.id(), e);
        }
    }

    private void closed(Candidate to, TunnelEnd end, long opened) {
        connection.ended();
        try {
            var open = Duration.ofNanos(System.nanoTime() - opened);
            connector.audit.closed(new Closed(request, to.address(), to.route(), end, open));
        } catch (RuntimeException e) {
            LOGGER.error("The audit of request {} failed", request.id(), e);
        }
    }

    private void releaseEarly() {
        ReferenceCountUtil.release(early);
        early = null;
    }
}
