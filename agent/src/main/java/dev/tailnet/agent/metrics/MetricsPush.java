package dev.tailnet.agent.metrics;

import dev.tailnet.agent.audit.InboundDecision;
import dev.tailnet.agent.audit.InboundEnd;
import dev.tailnet.agent.audit.InboundWitness;
import dev.tailnet.agent.config.OtlpSettings;
import dev.tailnet.proxy.audit.AuditSink;
import dev.tailnet.proxy.audit.Closed;
import dev.tailnet.proxy.audit.Decision;
import dev.tailnet.proxy.request.AddressText;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Counts what the proxies do, and pushes it by OTLP over HTTP now and then, and once more at the end. */
public final class MetricsPush implements AuditSink, InboundWitness {
    private final OtlpSettings settings;
    private final Sources sources;
    private final String hostname;
    private final LateMeters late = new LateMeters();
    private @Nullable OtlpRegistry registry;
    private boolean isClosed;

    /** @param hostname tells this process from others of its kind */
    public MetricsPush(OtlpSettings settings, Sources sources, String hostname) {
        this.settings = settings;
        this.sources = sources;
        this.hostname = hostname;
    }

    /** Makes the meters, and pushes from now on. Only the first call does anything; not for an event loop. */
    public synchronized void prepare() {
        if (!late.areMade() && !isClosed) {
            var made = new OtlpRegistry(settings, hostname);
            var meters = new Meters(sources, made);
            made.sampleBy(meters::sample);
            late.made(meters);
            registry = made;
        }
    }

    /** {@link #prepare}s on a thread of its own. */
    public void prepareSoon() {
        var unused = inBackground(this::prepare);
    }

    /** Pushes for the last time, on a thread of its own. */
    public CompletableFuture<Void> close() {
        return inBackground(() -> {
            prepare(); // The agent may end before it has come to that, with something to tell.
            OtlpRegistry last = take();
            if (last != null) {
                last.close();
            }
        });
    }

    private synchronized @Nullable OtlpRegistry take() {
        OtlpRegistry last = isClosed ? null : registry;
        isClosed = true;
        return last;
    }

    /** Whether metrics are pushed through one of these listeners, which is over before the connections are. */
    public boolean goesThrough(Collection<InetSocketAddress> listeners) {
        String host = settings.endpoint().getHost().replaceAll("[\\[\\]]", "");
        int port = settings.endpoint().getPort();
        return listeners.stream()
                .anyMatch(listener -> listener.getPort() == port
                        && (host.equals("localhost") || host.equals(AddressText.of(listener.getAddress()))));
    }

    private static CompletableFuture<Void> inBackground(Runnable step) {
        var done = new CompletableFuture<Void>();
        Thread.ofPlatform().daemon().name("otlp-flush").start(() -> {
            try {
                step.run();
                done.complete(null);
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        return done;
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
