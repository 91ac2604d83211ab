package dev.tailnet.agent.metrics;

import dev.tailnet.agent.audit.InboundDecision;
import dev.tailnet.agent.audit.InboundEnd;
import dev.tailnet.agent.audit.InboundWitness;
import dev.tailnet.proxy.audit.AuditSink;
import dev.tailnet.proxy.audit.Closed;
import dev.tailnet.proxy.audit.Decision;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.jspecify.annotations.Nullable;

/** Counts what the proxies do, for Prometheus. */
public final class Metrics implements AuditSink, InboundWitness {
    private final Sources sources;
    private final LateMeters late = new LateMeters();
    private @Nullable Scrape scrape;

    public Metrics(Sources sources) {
        this.sources = sources;
    }

    /** What a scrape needs. */
    private record Scrape(PrometheusMeterRegistry registry, Meters meters) {
        String text() {
            meters.sample();
            return registry.scrape();
        }
    }

    /** Makes the meters. Only the first call does anything; not for an event loop. */
    public void prepare() {
        var unused = prepared();
    }

    private synchronized Scrape prepared() {
        Scrape made = scrape;
        if (made == null) {
            var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            made = new Scrape(registry, new Meters(sources, registry));
            scrape = made;
            late.made(made.meters());
        }
        return made;
    }

    /** All metrics in Prometheus' text format, version 0.0.4. Not for an event loop. */
    public synchronized String scrape() {
        return prepared().text();
    }

    @Override
    public void decided(Decision decision) {
        late.decided(decision);
    }

    @Override
    public void closed(Closed closed) {
        late.closed(closed);
    }

    @Override
    public void decided(InboundDecision decision) {
        late.decided(decision);
    }

    @Override
    public void ended(InboundEnd end) {
        late.ended(end);
    }
}
