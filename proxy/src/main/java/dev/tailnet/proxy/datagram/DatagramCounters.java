package dev.tailnet.proxy.datagram;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts datagrams. Safe for use by any thread. */
public final class DatagramCounters {
    private final LongAdder associations = new LongAdder();
    private final LongAdder flows = new LongAdder();
    private final LongAdder up = new LongAdder();
    private final LongAdder bytesUp = new LongAdder();
    private final LongAdder down = new LongAdder();
    private final LongAdder bytesDown = new LongAdder();
    private final Map<DropReason, LongAdder> dropped = new EnumMap<>(DropReason.class);

    public DatagramCounters() {
        for (DropReason reason : DropReason.values()) {
            dropped.put(reason, new LongAdder());
        }
    }

    /** A client's association began. */
    public void associationOpened() {
        associations.increment();
    }

    /** A client's association ended. */
    public void associationClosed() {
        associations.decrement();
    }

    /** A datagram went nowhere. */
    public void dropped(DropReason reason) {
        LongAdder counter = dropped.get(reason);
        if (counter != null) {
            counter.increment();
        }
    }

    void flowOpened() {
        flows.increment();
    }

    void flowClosed() {
        flows.decrement();
    }

    void sent(int bytes) {
        up.increment();
        bytesUp.add(bytes);
    }

    void received(int bytes) {
        down.increment();
        bytesDown.add(bytes);
    }

    public DatagramCounts counts() {
        Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);
        dropped.forEach((reason, counter) -> drops.put(reason, counter.sum()));
        return new DatagramCounts(
                associations.sum(), flows.sum(), up.sum(), bytesUp.sum(), down.sum(), bytesDown.sum(), drops);
    }
}
