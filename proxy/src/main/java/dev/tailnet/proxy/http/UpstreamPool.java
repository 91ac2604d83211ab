package dev.tailnet.proxy.http;

import dev.tailnet.proxy.request.Target;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connections of one event loop that wait for another request to the target they lead to: the one that waited shortest is
 * used first, and one that has waited long, or for which there is no room, is closed. For the loop's thread alone.
 */
final class UpstreamPool {
    private final EventLoop loop;
    private final int perTarget;
    private final int inAll;
    private final long idleNanos;
    private final Map<Target, Deque<UpstreamConnection>> waiting = new HashMap<>();
    private int size;
    private boolean sweeping;

    /**
     * @param perTarget how many may wait for one target
     * @param inAll how many may wait in all
     * @param idle how long one may wait
     */
    UpstreamPool(EventLoop loop, int perTarget, int inAll, Duration idle) {
        this.loop = loop;
        this.perTarget = perTarget;
        this.inAll = inAll;
        this.idleNanos = idle.toNanos();
    }

    EventLoop loop() {
        return loop;
    }

    /** Takes one out. */
    @Nullable
    UpstreamConnection take(Target target) {
        Deque<UpstreamConnection> there = waiting.get(target);
        UpstreamConnection last = there == null ? null : there.pollLast();
        if (last != null) {
            size--;
        }
        return last;
    }

    /** Keeps one, or says that there is no room. */
    boolean offer(UpstreamConnection connection) {
        if (size >= inAll) {
            return false;
        }
        Deque<UpstreamConnection> there = waiting.computeIfAbsent(connection.target(), target -> new ArrayDeque<>(2));
        if (there.size() >= perTarget) {
            return false;
        }
        there.addLast(connection);
        size++;
        if (!sweeping) {
            sweeping = true;
            sweepLater();
        }
        return true;
    }

    /** Forgets one that has closed. */
    void remove(UpstreamConnection connection) {
        Deque<UpstreamConnection> there = waiting.get(connection.target());
        if (there != null && there.remove(connection)) {
            size--;
        }
    }

    int size() {
        return size;
    }

    private void sweepLater() {
        loop.schedule(this::sweep, idleNanos / 2, TimeUnit.NANOSECONDS);
    }

    private void sweep() {
        long now = System.nanoTime();
        Iterator<Deque<UpstreamConnection>> targets = waiting.values().iterator();
        while (targets.hasNext()) {
            Deque<UpstreamConnection> there = targets.next();
            while (!there.isEmpty() && now - there.getFirst().idleSince() >= idleNanos) {
                there.removeFirst().close();
                size--;
            }
            if (there.isEmpty()) {
                targets.remove();
            }
        }
        sweeping = size > 0;
        if (sweeping) {
            sweepLater();
        }
    }
}
