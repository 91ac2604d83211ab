package dev.tailnet.agent.expose;

import dev.tailnet.agent.audit.InboundDecision;
import dev.tailnet.agent.audit.InboundEnd;
import dev.tailnet.agent.audit.InboundWitness;
import dev.tailnet.agent.expose.InboundJudge.Judged;
import dev.tailnet.agent.node.InboundEvents;
import dev.tailnet.agent.node.TunnelEnds;
import dev.tailnet.bridge.InboundFlow;
import dev.tailnet.bridge.NodeEvent;
import dev.tailnet.proxy.audit.Ruling;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.TunnelEnd;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
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
    private final List<InboundWitness> witnesses;
    private final LongSupplier nanoTime;
    /** Verdicts that the node has not acted upon yet. */
    private final Map<Long, Judged> judged = new ConcurrentHashMap<>();

    private volatile @Nullable InboundJudge judge;
    private volatile @Nullable Drain drain;

    /**
     * A connection that is open.
     *
     * @param id the library's number
     * @param since by {@link System#nanoTime}
     * @param denied why it is being ended; empty while it is not
     */
    public record OpenInbound(long id, InboundFlow flow, long since, AtomicReference<String> denied) {}

    private record Drain(long accepted, CompletableFuture<Void> done) {}

    /** @param witness hears of all */
    public InboundConnections(InboundWitness witness) {
        this(new InboundAudit(), witness, System::nanoTime);
    }

    InboundConnections(InboundAudit audit, InboundWitness witness, LongSupplier nanoTime) {
        this.audit = audit;
        this.witnesses = new CopyOnWriteArrayList<>(List.of(witness));
        this.nanoTime = nanoTime;
        Arrays.stream(Refusal.values()).forEach(refusal -> refused.put(refusal, new LongAdder()));
    }

    /** From now on this is who says which may come in. */
    public void judgeBy(InboundJudge next) {
        judge = next;
    }

    /** Has another hear of all from now on. */
    public void tell(InboundWitness another) {
        witnesses.add(another);
    }

    @Override
    public void asked(NodeEvent.Asked event) {
        InboundJudge current = judge;
        if (current == null) {
            return; // the node lets nothing in by itself
        }
        Judged verdict = current.judge(event.flow());
        judged.put(event.id(), verdict);
        current.answer(event.id(), verdict.refusal() == null);
    }

    @Override
    public void accepted(NodeEvent.Accepted event) {
        var begun = new OpenInbound(event.id(), event.flow(), nanoTime.getAsLong(), new AtomicReference<>(""));
        open.put(event.id(), begun);
        accepted.increment();
        Judged verdict = judged.remove(event.id());
        audit.accepted(event.id(), event.flow());
        tell(decision(event.id(), event.flow(), rulingOn(verdict, false), null));
        if (verdict == null) {
            endIfDenied(begun); // a policy may have come into force before the node knew that it has to ask
        }
    }

    @Override
    public void rejected(NodeEvent.Rejected event) {
        Refusal refusal = Refusal.of(event.code());
        LongAdder count = refused.get(refusal);
        if (count != null) {
            count.increment();
        }
        Judged verdict = judged.remove(event.id());
        ConnectFailure failure = verdict == null || verdict.refusal() == null
                ? new ConnectFailure(refusal.reason(), event.message())
                : verdict.refusal();
        Ruling ruling = rulingOn(verdict, refusal == Refusal.NOT_ALLOWED);
        audit.rejected(event.id(), event.flow(), refusal, String.valueOf(failure.getMessage()));
        tell(decision(event.id(), event.flow(), ruling, failure));
    }

    @Override
    public void ended(NodeEvent.Ended event) {
        OpenInbound ended = open.remove(event.id());
        if (ended != null) {
            var lasted = Duration.ofNanos(nanoTime.getAsLong() - ended.since());
            audit.ended(event, ended.flow(), lasted);
            String denied = Objects.requireNonNullElse(ended.denied().get(), "");
            var end = new TunnelEnd(
                    TunnelEnds.causeOf(event.code()),
                    event.bytesUp(),
                    event.bytesDown(),
                    denied.isEmpty() ? event.message() : denied);
            InboundFlow flow = ended.flow();
            var told = new InboundEnd(event.id(), InboundJudge.request(flow), flow.service(), end, lasted);
            witnesses.forEach(witness -> witness.ended(told));
        }
        completeIfDrained();
    }

    private Ruling rulingOn(@Nullable Judged verdict, boolean isDenied) {
        InboundJudge current = judge;
        if (verdict != null) {
            return verdict.ruling();
        }
        return current == null ? Ruling.NONE : current.unasked(isDenied);
    }

    private void tell(InboundDecision decision) {
        witnesses.forEach(witness -> witness.decided(decision));
    }

    private static InboundDecision decision(
            long id, InboundFlow flow, Ruling ruling, @Nullable ConnectFailure failure) {
        return new InboundDecision(id, InboundJudge.request(flow), flow.service(), ruling, failure);
    }

    /**
     * Ends those that a changed policy does not let in any more, if it is to.
     *
     * @return how many
     */
    public int endWhatIsDenied() {
        return (int) open.values().stream().filter(this::endIfDenied).count();
    }

    private boolean endIfDenied(OpenInbound connection) {
        InboundJudge current = judge;
        if (current == null || !current.endsWhatItDenies()) {
            return false;
        }
        ConnectFailure refusal = current.byPolicy(connection.flow()).refusal();
        if (refusal == null || !connection.denied().compareAndSet("", String.valueOf(refusal.getMessage()))) {
            return false;
        }
        current.answer(connection.id(), false);
        return true;
    }

    @Override
    public void ended() {
        open.clear();
        judged.clear();
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
