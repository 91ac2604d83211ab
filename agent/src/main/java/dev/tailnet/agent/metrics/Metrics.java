package dev.tailnet.agent.metrics;

import dev.tailnet.proxy.audit.AuditSink;
import dev.tailnet.proxy.audit.Closed;
import dev.tailnet.proxy.audit.Decision;
import java.util.concurrent.CompletableFuture;

/**
 * Counts what the proxies do. Making the meters takes a tenth of a second or more, which is not the start's to pay: what
 * happens before {@link #prepare} is counted then.
 */
public final class Metrics implements AuditSink {
    private final Sources sources;
    private final CompletableFuture<Meters> meters = new CompletableFuture<>();

    public Metrics(Sources sources) {
        this.sources = sources;
    }

    /** Makes the meters. Only the first call does anything; not for an event loop. */
    public synchronized void prepare() {
        if (!meters.isDone()) {
            meters.complete(new Meters(sources));
        }
    }

    /** All metrics in Prometheus' text format, version 0.0.4. Not for an event loop. */
    public String scrape() {
        prepare();
        return meters.join().scrape();
    }

    @Override
    public void decided(Decision decision) {
        Meters ready = meters.getNow(null);
        if (ready != null) {
            ready.decided(decision);
        } else {
            var unused = meters.thenAccept(late -> late.decided(decision));
        }
    }

    @Override
    public void closed(Closed closed) {
        Meters ready = meters.getNow(null);
        if (ready != null) {
            ready.closed(closed);
        } else {
            var unused = meters.thenAccept(late -> late.closed(closed));
        }
    }
}
