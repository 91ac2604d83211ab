package dev.tailnet.agent.metrics;

import dev.tailnet.agent.audit.InboundDecision;
import dev.tailnet.agent.audit.InboundEnd;
import dev.tailnet.agent.audit.InboundWitness;
import dev.tailnet.proxy.audit.AuditSink;
import dev.tailnet.proxy.audit.Closed;
import dev.tailnet.proxy.audit.Decision;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Meters that are made some time after the proxies began: making them takes a tenth of a second or more, which is not the
 * start's to pay. What happens before is counted then.
 */
final class LateMeters implements AuditSink, InboundWitness {
    private final CompletableFuture<Meters> meters = new CompletableFuture<>();

    boolean areMade() {
        return meters.isDone();
    }

    void made(Meters now) {
        meters.complete(now);
    }

    @Override
    public void decided(Decision decision) {
        tell(made -> made.decided(decision));
    }

    @Override
    public void closed(Closed closed) {
        tell(made -> made.closed(closed));
    }

    @Override
    public void decided(InboundDecision decision) {
        tell(made -> made.decided(decision));
    }

    /** Counted by the node. */
    @Override
    public void ended(InboundEnd end) {}

    private void tell(Consumer<Meters> news) {
        Meters ready = meters.getNow(null);
        if (ready != null) {
            news.accept(ready);
        } else {
            var unused = meters.thenAccept(news);
        }
    }
}
