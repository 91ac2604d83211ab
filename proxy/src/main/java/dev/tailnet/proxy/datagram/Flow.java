package dev.tailnet.proxy.datagram;

import dev.tailnet.proxy.connect.FlowOpening;
import dev.tailnet.proxy.connect.OpenFlow;
import dev.tailnet.proxy.request.TunnelEnd;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** What is known of one key: that it is being decided, leads somewhere, or is refused. */
final class Flow<K> {

    /** How far it is. */
    enum State {
        OPENING,
        OPEN,
        REFUSED
    }

    private final K key;
    private final FlowOpening opening;
    private final Queue<ByteBuf> waiting = new ArrayDeque<>(2);
    private State state = State.OPENING;
    private @Nullable OpenFlow open;
    private long refusedAt;
    private long lastUsed;
    private long bytesUp;
    private long bytesDown;

    Flow(K key, FlowOpening opening, long now) {
        this.key = key;
        this.opening = opening;
        this.lastUsed = now;
    }

    K key() {
        return key;
    }

    long id() {
        return opening.request().id();
    }

    State state() {
        return state;
    }

    FlowOpening opening() {
        return opening;
    }

    /** Copies of what came too early, oldest first; the owner takes them out. */
    Queue<ByteBuf> waiting() {
        return waiting;
    }

    void opened(OpenFlow flow) {
        state = State.OPEN;
        open = flow;
        flow.trail().established();
    }

    void refused(long now) {
        state = State.REFUSED;
        refusedAt = now;
    }

    /** Only for an open one. */
    OpenFlow open() {
        return Objects.requireNonNull(open, "the flow is not open");
    }

    void used(long now) {
        lastUsed = now;
    }

    boolean isUsed(long now, Duration within) {
        return now - lastUsed < within.toNanos();
    }

    /** Whether it was refused so long ago that the answer may be another one by now. */
    boolean isStale(long now, Duration refusal) {
        return state == State.REFUSED && now - refusedAt >= refusal.toNanos();
    }

    void countUp(int bytes) {
        bytesUp += bytes;
    }

    void countDown(int bytes) {
        bytesDown += bytes;
    }

    /** Tells the audit that an open one has ended. */
    void closed(TunnelEnd.Cause cause, String detail) {
        open().trail().closed(new TunnelEnd(cause, bytesUp, bytesDown, detail));
    }
}
