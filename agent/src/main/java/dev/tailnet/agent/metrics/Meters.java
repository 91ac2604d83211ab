package dev.tailnet.agent.metrics;

import dev.tailnet.agent.expose.InboundCounts;
import dev.tailnet.agent.expose.Refusal;
import dev.tailnet.agent.node.NodeState;
import dev.tailnet.proxy.audit.Closed;
import dev.tailnet.proxy.audit.Decision;
import dev.tailnet.proxy.connection.Counts;
import dev.tailnet.proxy.connection.Rejection;
import dev.tailnet.proxy.dns.DnsCounts;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest.Protocol;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.request.TunnelEnd;
import dev.tailnet.proxy.resolve.CacheCounts;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The meters, each made once so that counting costs no lookup. */
final class Meters {
    private static final Duration[] DIAL_BUCKETS = Arrays.stream(
                    new long[] {1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 15_000})
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Sources sources;
    private final Map<Protocol, Outcomes> connections = new EnumMap<>(Protocol.class);
    private final Map<Route, Outcomes> dials = new EnumMap<>(Route.class);
    private final Map<Route, Timer> dialTimes = new EnumMap<>(Route.class);
    private final Map<TunnelEnd.Cause, Counter> tunnelEnds = new EnumMap<>(TunnelEnd.Cause.class);
    private volatile Counts counts;
    private volatile NodeSample node;
    private volatile NodeState.Kind state;
    private volatile CacheCounts names;
    private volatile DnsCounts dns;
    private volatile InboundCounts inbound;
    private final DatagramMeters datagrams;

    Meters(Sources sources) {
        this.sources = sources;
        counts = sources.connections().get();
        node = sources.node().get();
        state = sources.state().get().kind();
        names = sources.names().get();
        dns = sources.dns().get();
        inbound = sources.inbound().get();
        for (Protocol protocol : Protocol.values()) {
            connections.put(
                    protocol,
                    new Outcomes(
                            registry,
                            "tailnet.connections",
                            "Requests by what became of them",
                            "protocol",
                            name(protocol)));
        }
        for (Route route : Route.values()) {
            if (route != Route.UNOWNED) {
                dials.put(
                        route,
                        new Outcomes(registry, "tailnet.dials", "Dials by what became of them", "route", name(route)));
                dialTimes.put(
                        route,
                        Timer.builder("tailnet.dial")
                                .description("Time of dials that succeeded")
                                .tag("route", name(route))
                                .serviceLevelObjectives(DIAL_BUCKETS)
                                .register(registry));
            }
        }
        for (TunnelEnd.Cause cause : TunnelEnd.Cause.values()) {
            tunnelEnds.put(
                    cause,
                    Counter.builder("tailnet.tunnels.closed")
                            .description("Tunnels and plain HTTP requests that ended, by how")
                            .tag("cause", name(cause))
                            .register(registry));
        }
        sampled();
        datagrams = new DatagramMeters(registry, sources.datagrams().get(), node);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    private void sampled() {
        phase("handshaking", meters -> meters.counts.handshaking());
        phase("waiting", meters -> meters.counts.waiting());
        phase("exchanging", meters -> meters.counts.exchanging());
        phase("tunnel", meters -> meters.counts.tunnels());
        total("tailnet.connections.accepted", "Accepted connections", meters -> meters.counts.accepted());
        for (Rejection reason : Rejection.values()) {
            FunctionCounter.builder("tailnet.connections.rejected", this, meters -> meters.counts.rejected(reason))
                    .description("Connections that got no further by a limit or for want of credentials")
                    .tag("reason", name(reason))
                    .register(registry);
        }
        lookups("hit", meters -> meters.names.hits());
        lookups("joined", meters -> meters.names.joined());
        lookups("miss", meters -> meters.names.misses());
        gauge("tailnet.names.cached", "Names whose addresses are remembered", meters -> meters.names.names());
        dnsQueries("answered", meters -> meters.dns.answered());
        dnsQueries("refused", meters -> meters.dns.refused());
        dnsQueries("failed", meters -> meters.dns.failed());
        dnsQueries("malformed", meters -> meters.dns.malformed());
        bytes("up", meters -> meters.node.bytesUp());
        bytes("down", meters -> meters.node.bytesDown());
        inbound();
        for (NodeState.Kind kind : NodeState.Kind.values()) {
            Gauge.builder("tailnet.node.state", this, meters -> meters.state == kind ? 1 : 0)
                    .description("1 for the state that the node is in")
                    .tag("state", name(kind))
                    .register(registry);
        }
        gauge("tailnet.go.heap.bytes", "Go objects, live and not yet collected", m -> m.node.goHeapBytes());
        gauge("tailnet.go.system.bytes", "Memory that the Go runtime has from the system", m -> m.node.goSystemBytes());
        gauge("tailnet.go.goroutines", "Goroutines", meters -> meters.node.goroutines());
        gauge("process.resident.memory.bytes", "Resident memory, JVM and Go together", m -> ResidentMemory.bytes());
    }

    private void inbound() {
        gauge("tailnet.inbound.open", "Open connections from the tailnet", meters -> meters.inbound.open());
        inboundOutcome("established", meters -> meters.inbound.accepted());
        for (Refusal refusal : Refusal.values()) {
            inboundOutcome(name(refusal), meters -> meters.inbound.refused().getOrDefault(refusal, 0L));
        }
        inboundBytes("up", meters -> meters.node.inboundUp());
        inboundBytes("down", meters -> meters.node.inboundDown());
    }

    private void inboundOutcome(String outcome, ToDoubleFunction<Meters> value) {
        FunctionCounter.builder("tailnet.inbound.connections", this, value)
                .description("Connections from the tailnet by what became of them")
                .tag("outcome", outcome)
                .register(registry);
    }

    private void inboundBytes(String direction, ToDoubleFunction<Meters> value) {
        FunctionCounter.builder("tailnet.inbound.bytes", this, value)
                .description("Bytes of connections from the tailnet: up from peers, down to peers")
                .tag("direction", direction)
                .register(registry);
    }

    private void phase(String phase, ToDoubleFunction<Meters> value) {
        Gauge.builder("tailnet.connections.open", this, value)
                .description("Open connections by how far they are")
                .tag("phase", phase)
                .register(registry);
    }

    private void lookups(String result, ToDoubleFunction<Meters> value) {
        FunctionCounter.builder("tailnet.names.lookups", this, value)
                .description("Lookups of names: known already, joined with one under way, or somebody was asked")
                .tag("result", result)
                .register(registry);
    }

    private void dnsQueries(String result, ToDoubleFunction<Meters> value) {
        FunctionCounter.builder("tailnet.dns.queries", this, value)
                .description("Queries to the DNS listeners by what became of them")
                .tag("result", result)
                .register(registry);
    }

    private void bytes(String direction, ToDoubleFunction<Meters> value) {
        FunctionCounter.builder("tailnet.bytes", this, value)
                .description("Bytes that tunnels carried: up from clients, down to clients")
                .tag("direction", direction)
                .register(registry);
    }

    private void total(String name, String description, ToDoubleFunction<Meters> value) {
        FunctionCounter.builder(name, this, value).description(description).register(registry);
    }

    private void gauge(String name, String description, ToDoubleFunction<Meters> value) {
        Gauge.builder(name, this, value).description(description).register(registry);
    }

    void decided(Decision decision) {
        ConnectFailure failure = decision.failure();
        FailureReason reason = failure == null ? null : failure.reason();
        outcomes(connections, decision.request().protocol()).count(reason);
        Route route = decision.route();
        boolean dialed = !decision.dial().isZero();
        if (route == null || route == Route.UNOWNED || !dialed) {
            return;
        }
        outcomes(dials, route).count(reason);
        Timer time = dialTimes.get(route);
        if (reason == null && time != null) {
            time.record(decision.dial());
        }
    }

    void closed(Closed closed) {
        Counter counter = tunnelEnds.get(closed.end().cause());
        if (counter != null) {
            counter.increment();
        }
    }

    synchronized String scrape() {
        counts = sources.connections().get();
        node = sources.node().get();
        state = sources.state().get().kind();
        names = sources.names().get();
        dns = sources.dns().get();
        inbound = sources.inbound().get();
        datagrams.sample(sources.datagrams().get(), node);
        return registry.scrape();
    }

    private static <K> Outcomes outcomes(Map<K, Outcomes> byKey, K key) {
        Outcomes outcomes = byKey.get(key);
        if (outcomes == null) {
            throw new IllegalStateException("no meters for " + key);
        }
        return outcomes;
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** One counter for each outcome. */
    private static final class Outcomes {
        private final Counter established;
        private final Map<FailureReason, Counter> failed = new EnumMap<>(FailureReason.class);

        Outcomes(PrometheusMeterRegistry registry, String meter, String description, String tag, String value) {
            established = counter(registry, meter, description, tag, value, "established");
            for (FailureReason reason : FailureReason.values()) {
                failed.put(reason, counter(registry, meter, description, tag, value, name(reason)));
            }
        }

        private static Counter counter(
                PrometheusMeterRegistry registry,
                String meter,
                String description,
                String tag,
                String value,
                String outcome) {
            return Counter.builder(meter)
                    .description(description)
                    .tag(tag, value)
                    .tag("outcome", outcome)
                    .register(registry);
        }

        void count(@Nullable FailureReason reason) {
            Counter counter = reason == null ? established : failed.get(reason);
            if (counter != null) {
                counter.increment();
            }
        }
    }
}
