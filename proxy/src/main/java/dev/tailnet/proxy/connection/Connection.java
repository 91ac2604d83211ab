package dev.tailnet.proxy.connection;

import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.LocalClient;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.PeerCredentials;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One accepted connection from accept to its end. Its phases follow in the order of {@link Phase}, but for one that waits again
 * with its next request; the ones before the tunnel end by themselves when the channel closes.
 */
public final class Connection implements ChannelFutureListener {

    /** Where a connection is. */
    enum Phase {
        HANDSHAKING,
        WAITING,
        EXCHANGING,
        TUNNEL,
        ENDED
    }

    private static final Logger LOGGER = LoggerFactory.getLogger(Connection.class);

    private final Connections connections;
    private Phase phase = Phase.HANDSHAKING;
    private boolean aborted;
    /** Until the tunnel: from then on Netty's channel is history. */
    private @Nullable Channel channel;

    private Duration handshakeTimeout = Duration.ZERO;
    private @Nullable Future<?> deadline;
    private @Nullable Future<?> tunnel;

    /** Whose it is: the client's address, or the name of its user. */
    private Object client;

    private @Nullable Rejection rejection;
    private @Nullable String role;
    private int behind;

    Connection(Connections connections, Channel channel, Object client, @Nullable Rejection rejection) {
        this.connections = connections;
        this.channel = channel;
        this.client = client;
        this.rejection = rejection;
        channel.closeFuture().addListener(this);
    }

    /** The client's channel; not to be asked for once there is a tunnel. */
    public synchronized Channel channel() {
        return Objects.requireNonNull(channel, "the tunnel has no channel");
    }

    /** Where the client is: an address of TCP, or a {@link LocalClient} on a unix socket. Not to be asked for once there is a tunnel. */
    public SocketAddress clientAddress() {
        Channel open = channel();
        if (open instanceof EpollDomainSocketChannel unix) {
            try {
                PeerCredentials peer = unix.peerCredentials();
                return new LocalClient(peer.pid(), peer.uid(), behind);
            } catch (IOException e) {
                LOGGER.debug("A client on a unix socket cannot be told", e);
            }
        }
        return open.remoteAddress();
    }

    /** The client says that it asks for another process of this machine. */
    public void asksFor(int process) {
        behind = process;
    }

    /** The client goes on with another socket; its first is closed. To be called on the event loop. */
    public void continueOn(Channel next) {
        Channel first;
        synchronized (this) {
            first = channel();
            first.closeFuture().removeListener(this);
            channel = next;
        }
        next.closeFuture().addListener(this);
        first.close();
    }

    /** The client proved to be this user, as which it counts from here on. */
    public synchronized void authenticated(String user) {
        if (phase != Phase.ENDED && !user.equals(role)) {
            rejection = connections.reenter(client, rejection, user);
            client = user;
            role = user;
        }
    }

    /** The name of the client's user; null while it has not proved to be one. */
    public synchronized @Nullable String role() {
        return role;
    }

    /**
     * Lets a request go on.
     *
     * @throws ConnectFailure when the client has one connection too many
     */
    public void admit() throws ConnectFailure {
        ConnectFailure refusal = refusal();
        if (refusal != null) {
            throw refusal;
        }
    }

    /** What to answer a client that has one connection too many; null when this is not. */
    public synchronized @Nullable ConnectFailure refusal() {
        return rejection == null ? null : connections.admission().failure(rejection);
    }

    /** Counts that this connection gets no further for a reason found in its handshake. */
    public void rejected(Rejection reason) {
        connections.count(reason);
    }

    /** Whether the server ends: after the current request there is no other. */
    public boolean isDraining() {
        return connections.isDraining();
    }

    /** Gives the handshake this long; then {@link HandshakeTimeout} goes through the pipeline. To be called on the event loop. */
    public synchronized void startHandshake(Duration timeout) {
        Channel handshaking = channel();
        handshakeTimeout = timeout;
        if (phase == Phase.HANDSHAKING) {
            deadline = handshaking
                    .eventLoop()
                    .schedule(
                            () -> {
                                connections.count(Rejection.HANDSHAKE_TIMEOUT);
                                handshaking.pipeline().fireUserEventTriggered(HandshakeTimeout.INSTANCE);
                            },
                            timeout.toNanos(),
                            TimeUnit.NANOSECONDS);
        }
    }

    /** Gives the handshake its time again, because the client was told to try once more. To be called on the event loop. */
    public synchronized void restartHandshake() {
        endHandshake();
        if (handshakeTimeout.isPositive()) {
            startHandshake(handshakeTimeout);
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

    /** The client's requests are passed on one by one, and it may be between two of them. */
    public synchronized void exchanging() {
        endHandshake();
        moveTo(Phase.EXCHANGING);
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

    /** What the tunnel carries goes by other sockets: it ends with the channel, which ends with it. To be called on the event loop. */
    public void standInForTunnel() {
        Channel standing = channel();
        Promise<Void> end = standing.eventLoop().newPromise();
        standing.closeFuture().addListener(closed -> {
            end.trySuccess(null);
            ended();
        });
        end.addListener(over -> standing.close());
        enterTunnel();
        tunnel(end);
    }

    /** The tunnel is no more. */
    public synchronized void ended() {
        endHandshake();
        moveTo(Phase.ENDED);
    }

    /** Says that the server ends. */
    void drain() {
        Channel open;
        synchronized (this) {
            open = channel;
        }
        if (open != null && open.isRegistered()) {
            open.eventLoop().execute(() -> open.pipeline().fireUserEventTriggered(Draining.INSTANCE));
        }
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
            if (next == Phase.ENDED) {
                connections.leave(client, rejection);
            }
            connections.moved(this, previous, next);
        }
    }
}
