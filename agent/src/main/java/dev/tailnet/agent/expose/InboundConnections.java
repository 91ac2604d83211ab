package dev.tailnet.agent.expose;

import dev.tailnet.agent.node.InboundEvents;
import dev.tailnet.bridge.InboundFlow;
import dev.tailnet.bridge.NodeEvent;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The connections from the tailnet that are open, with counts and audit lines of all there were. */
public final class InboundConnections implements InboundEvents {
    private final Map<Long, OpenInbound> open = new ConcurrentHashMap<>();
    private final LongAdder accepted = new LongAdder();
    private final Map<Refusal, LongAdder> refused = new EnumMap<>(Refusal.class);
    private final InboundAudit audit;
    private final LongSupplier nanoTime;
    private volatile @Nullable Drain drain;

    /**
     * A connection that is open.
     *
     * @param id the library's number
     * @param since by {@link System#nanoTime}
     */
    public record OpenInbound(long id, InboundFlow flow, long since) {}

    private record Drain(long accepted, CompletableFuture<Void> done) {}

    public InboundConnections() {
        this(new InboundAudit(), System::nanoTime);
    }

    InboundConnections(InboundAudit audit, LongSupplier nanoTime) {
        this.audit = audit;
        this.nanoTime = nanoTime;
        Arrays.stream(Refusal.values()).forEach(refusal -> refused.put(refusal, new LongAdder()));
    }

    @Override
    public void accepted(NodeEvent.Accepted event) {
        open.put(event.id(), new OpenInbound(event.id(), event.flow(), nanoTime.getAsLong()));
        accepted.increment();
        audit.accepted(event.id(), event.flow());
    }

    @Override
    public void rejected(NodeEvent.Rejected event) {
        Refusal refusal = Refusal.of(event.code());
        LongAdder count = refused.get(refusal);
        if (count != null) {
            count.increment();
        }
        audit.rejected(event.id(), event.flow(), refusal, event.message());
    }

    @Override
    public void ended(NodeEvent.Ended event) {
        OpenInbound ended = open.remove(event.id());
        if (ended != null) {
            audit.ended(event, ended.flow(), Duration.ofNanos(nanoTime.getAsLong() - ended.since()));
        }
        completeIfDrained();
    }

    @Override
    public void ended() {
        open.clear();
        Drain waiting = drain;
        if (waiting != null) {
            waiting.done().complete(null);
        }
    }

    /**
     * Completes when none is open, now or later. To be asked for after the last one could begin.
     *
     * @param acceptedByNode how many the node has let in so far; news of the last ones may still be on its way here
     */
    public CompletableFuture<Void> drained(long acceptedByNode) {
        var waiting = new Drain(acceptedByNode, new CompletableFuture<>());
        drain = waiting;
        completeIfDrained();
        return waiting.done();
    }

    private void completeIfDrained() {
        Drain waiting = drain;
        if (waiting != null && open.isEmpty() && accepted.sum() >= waiting.accepted()) {
            waiting.done().complete(null);
        }
    }

    /** In no order; what comes and goes meanwhile may be among them. */
    public Collection<OpenInbound> open() {
        return Collections.unmodifiableCollection(open.values());
    }

    public InboundCounts counts() {
        return new InboundCounts(
                open.size(),
                accepted.sum(),
                refused.entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, count -> count.getValue().sum())));
    }
}
