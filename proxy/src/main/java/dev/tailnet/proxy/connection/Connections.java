package dev.tailnet.proxy.connection;

import dev.tailnet.proxy.connection.Connection.Phase;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * All connections of a server that live, up to limits. One beyond them is told so in the words of its protocol once it has made
 * its request; only so many at once, for what has to be read to tell it is work as well. Safe for use by any thread.
 */
public final class Connections {
    private static final int MOST_TURNED_AWAY = 64;
    /** Who comes by a unix socket. */
    private static final Object LOCAL = new Object();

    private final Admission admission;
    private final Set<Connection> live = ConcurrentHashMap.newKeySet();
    private final AtomicInteger size = new AtomicInteger();
    private final AtomicInteger turnedAway = new AtomicInteger();
    private final AtomicIntegerArray phases = new AtomicIntegerArray(Phase.values().length);
    private final LongAdder accepted = new LongAdder();
    private final AtomicLongArray rejections = new AtomicLongArray(Rejection.values().length);
    private final Queue<Runnable> waitingForNone = new ConcurrentLinkedQueue<>();
    private volatile boolean draining;

    /**
     * @param limit how many may live at once
     * @param limitPerClient how many of one client; 0 is no limit
     */
    public Connections(int limit, int limitPerClient) {
        admission = new Admission(new Admission.Most(limit, limitPerClient));
    }

    /** From now on these are the limits; what lives goes on. */
    public void limit(int limit, int limitPerClient) {
        admission.limit(new Admission.Most(limit, limitPerClient));
    }

    /**
     * Takes an accepted channel in.
     *
     * @return null when the limit is far exceeded: the channel is to be closed
     */
    public @Nullable Connection accepted(Channel channel) {
        accepted.increment();
        Object client = clientOf(channel);
        Rejection rejection = admission.enter(client);
        if (rejection != null && turnedAway.incrementAndGet() > MOST_TURNED_AWAY) {
            leave(client, rejection);
            return null;
        }
        size.incrementAndGet();
        phases.incrementAndGet(Phase.HANDSHAKING.ordinal());
        var connection = new Connection(this, channel, client, rejection);
        live.add(connection);
        return connection;
    }

    private static Object clientOf(Channel channel) {
        return channel.remoteAddress() instanceof InetSocketAddress address ? address.getAddress() : LOCAL;
    }

    Admission admission() {
        return admission;
    }

    /** A connection's user counts instead of its address. */
    @Nullable
    Rejection reenter(Object from, @Nullable Rejection before, Object to) {
        if (before == null) {
            admission.leave(from);
        }
        Rejection now = admission.enter(to);
        if (now != null && before == null) {
            turnedAway.incrementAndGet();
        } else if (now == null && before != null) {
            turnedAway.decrementAndGet();
        }
        return now;
    }

    void count(Rejection rejection) {
        rejections.incrementAndGet(rejection.ordinal());
    }

    public Counts counts() {
        var rejected = new EnumMap<Rejection, Long>(Rejection.class);
        for (Rejection rejection : Rejection.values()) {
            rejected.put(rejection, rejections.get(rejection.ordinal()));
        }
        return new Counts(
                accepted.sum(),
                rejected,
                phases.get(Phase.HANDSHAKING.ordinal()),
                phases.get(Phase.WAITING.ordinal()),
                phases.get(Phase.EXCHANGING.ordinal()),
                phases.get(Phase.TUNNEL.ordinal()));
    }

    /** Tells every connection that has no tunnel with {@link Draining}; with nobody accepting, there will be no other. */
    public void drain() {
        draining = true;
        live.forEach(Connection::drain);
    }

    boolean isDraining() {
        return draining;
    }

    /** Runs {@code action} once there is no connection; with nobody accepting, that lasts. Any thread may be the one that runs it. */
    public void whenNone(Runnable action) {
        waitingForNone.add(action);
        if (size.get() == 0) {
            runWaiting();
        }
    }

    /**
     * Ends every connection now.
     *
     * @return how many there were
     */
    public int abortAll() {
        int aborted = 0;
        for (Connection connection : live) {
            connection.abort();
            aborted++;
        }
        return aborted;
    }

    void moved(Connection connection, Phase from, Phase to) {
        phases.decrementAndGet(from.ordinal());
        if (to == Phase.ENDED) {
            live.remove(connection);
            left();
        } else {
            phases.incrementAndGet(to.ordinal());
        }
    }

    /** Gives a connection's place back; that it had none counts only here, as it may have got one meanwhile. */
    void leave(Object client, @Nullable Rejection rejection) {
        if (rejection == null) {
            admission.leave(client);
        } else {
            count(rejection);
            turnedAway.decrementAndGet();
        }
    }

    private void left() {
        if (size.decrementAndGet() == 0) {
            runWaiting();
        }
    }

    private void runWaiting() {
        for (Runnable action = waitingForNone.poll(); action != null; action = waitingForNone.poll()) {
            action.run();
        }
    }
}
