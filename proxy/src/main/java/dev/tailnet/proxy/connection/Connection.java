package dev.tailnet.proxy.connection;

import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.FailureReason;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One accepted connection from accept to the end of its tunnel. Its phases follow in the order of {@link Phase}; the ones
 * before the tunnel end by themselves when the channel closes.
 */
public final class Connection implements ChannelFutureListener {

    /** Where a connection is. */
    enum Phase {
        HANDSHAKING,
        WAITING,
        TUNNEL,
        ENDED
    }

    private final Connections connections;
    private Phase phase = Phase.HANDSHAKING;
    private boolean aborted;
    /** Until the tunnel: from then on Netty's channel is history. */
    private @Nullable Channel channel;

    private @Nullable Future<?> deadline;
    private @Nullable Future<?> tunnel;

    Connection(Connections connections, Channel channel) {
        this.connections = connections;
        this.channel = channel;
        channel.closeFuture().addListener(this);
    }

    /** The client's channel; not to be asked for once there is a tunnel. */
    public synchronized Channel channel() {
        return Objects.requireNonNull(channel, "the tunnel has no channel");
    }

    /** Gives the handshake this long; then {@link HandshakeTimeout} goes through the pipeline. To be called on the event loop. */
    public synchronized void startHandshake(Duration timeout) {
        Channel handshaking = channel();
        if (phase == Phase.HANDSHAKING) {
            deadline = handshaking
                    .eventLoop()
                    .schedule(
                            () -> {
                                handshaking.pipeline().fireUserEventTriggered(HandshakeTimeout.INSTANCE);
                            },
                            timeout.toNanos(),
                            TimeUnit.NANOSECONDS);
        }
    }

    /** The handshake is over: no deadline of it any more. */
    public synchronized void endHandshake() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    /** The client's request is complete and waits for its target. */
    public synchronized void waiting() {
        endHandshake();
        moveTo(Phase.WAITING);
    }

    /** The channel is about to be given up for a tunnel. */
    public synchronized void enterTunnel() {
        moveTo(Phase.TUNNEL);
        channel = null;
    }

    /** What ends when the tunnel ends; cancelling it resets the tunnel. */
    public void tunnel(Future<?> end) {
        boolean cancel;
        synchronized (this) {
            tunnel = end;
            cancel = aborted;
        }
        if (cancel) {
            end.cancel(true);
        }
    }

    /** The tunnel is no more. */
    public synchronized void ended() {
        endHandshake();
        moveTo(Phase.ENDED);
    }

    /** Ends the connection now, in whatever phase it is. From any thread. */
    void abort() {
        Channel open;
        Future<?> end;
        synchronized (this) {
            aborted = true;
            open = channel;
            end = tunnel;
        }
        if (end != null) {
            end.cancel(true);
        } else if (open != null) {
            open.close();
        }
    }

    /** Whether it is this side that ends the connection. */
    public synchronized boolean isAborted() {
        return aborted;
    }

    /** What to say of a client that is no longer there. */
    public ConnectFailure gone() {
        return new ConnectFailure(
                FailureReason.CANCELLED, isAborted() ? "the agent is stopping" : "the client went away");
    }

    /** The channel closed. */
    @Override
    public synchronized void operationComplete(ChannelFuture future) {
        if (phase != Phase.TUNNEL) {
            ended();
        }
    }

    private void moveTo(Phase next) {
        if (phase != Phase.ENDED && phase != next) {
            Phase previous = phase;
            phase = next;
            connections.moved(this, previous, next);
        }
    }
}
