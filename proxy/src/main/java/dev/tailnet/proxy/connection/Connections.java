package dev.tailnet.proxy.connection;

import dev.tailnet.proxy.connection.Connection.Phase;
import io.netty.channel.Channel;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** All connections of a server that live, up to a limit. Safe for use by any thread. */
public final class Connections {
    private final int limit;
    private final Set<Connection> live = ConcurrentHashMap.newKeySet();
    private final AtomicInteger size = new AtomicInteger();
    private final AtomicIntegerArray phases = new AtomicIntegerArray(Phase.values().length);
    private final LongAdder accepted = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final Queue<Runnable> waitingForNone = new ConcurrentLinkedQueue<>();

    /**
     * @param limit how many may live at once
     */
    public Connections(int limit) {
        this.limit = limit;
    }

    /**
     * Takes an accepted channel in.
     *
     * @return null when the limit is reached: the channel is to be closed
     */
    public @Nullable Connection accepted(Channel channel) {
        accepted.increment();
        if (size.incrementAndGet() > limit) {
            rejected.increment();
            left();
            return null;
        }
        phases.incrementAndGet(Phase.HANDSHAKING.ordinal());
        var connection = new Connection(this, channel);
        live.add(connection);
        return connection;
    }

    public int limit() {
        return limit;
    }

    public Counts counts() {
        return new Counts(
                accepted.sum(),
                rejected.sum(),
                phases.get(Phase.HANDSHAKING.ordinal()),
                phases.get(Phase.WAITING.ordinal()),
                phases.get(Phase.TUNNEL.ordinal()));
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
