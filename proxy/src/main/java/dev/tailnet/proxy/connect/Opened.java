package dev.tailnet.proxy.connect;

import dev.tailnet.proxy.dial.Upstream;
import dev.tailnet.proxy.relay.Sockets;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.TunnelEnd;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection to a target that waits for its client. One of {@link #relay}, {@link #attach} and {@link #discard} ends its life; all are the caller's to tell the {@link #trail}. */
public final class Opened {
    private static final Logger LOGGER = LoggerFactory.getLogger(Opened.class);
    static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);

    private final Upstream upstream;
    private final Trail trail;
    private final Duration idleTimeout;
    private final Sockets sockets;
    private final EventExecutor executor;

    Opened(Upstream upstream, Trail trail, Duration idleTimeout, Sockets sockets, EventExecutor executor) {
        this.upstream = upstream;
        this.trail = trail;
        this.idleTimeout = idleTimeout;
        this.sockets = sockets;
        this.executor = executor;
    }

    /** The record of the request so far: neither its success nor its failure is in the audit yet. */
    public Trail trail() {
        return trail;
    }

    /**
     * Joins a client's socket to the connection: from here on the bytes are moved elsewhere.
     *
     * @param clientFd a stream socket's descriptor that the callee owns, whatever happens
     * @param early bytes that the client has sent already; read during this call only
     * @return completes when both directions have ended; cancelling it resets the tunnel
     */
    public Future<TunnelEnd> relay(int clientFd, ByteBuffer early) {
        try {
            return upstream.relay(clientFd, early, idleTimeout);
        } catch (RuntimeException e) {
            LOGGER.error("A tunnel failed by a fault of the agent", e);
            return executor.newSucceededFuture(
                    new TunnelEnd(TunnelEnd.Cause.ERROR, 0, 0, String.valueOf(e.getMessage())));
        }
    }

    /**
     * Makes the connection a channel, which is registered when this returns. To be called on the event loop.
     *
     * @param handler the first of the channel's pipeline
     * @throws ConnectFailure {@code RESOURCES} when there are no descriptors left; the connection has been closed
     */
    public Attached attach(EventLoop loop, ChannelHandler handler) throws ConnectFailure {
        Sockets.Pair pair;
        try {
            pair = sockets.pair();
        } catch (IOException e) {
            discard();
            throw new ConnectFailure(FailureReason.RESOURCES, String.valueOf(e.getMessage()));
        }
        var channel = new EpollDomainSocketChannel(pair.near());
        channel.pipeline().addLast(handler);
        loop.register(channel);
        return new Attached(channel, relay(pair.far(), NOTHING));
    }

    /** Closes the connection unused. */
    public void discard() {
        upstream.discard();
    }
}
