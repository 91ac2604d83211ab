package dev.tailnet.agent.metrics;

import dev.tailnet.agent.audit.InboundDecision;
import dev.tailnet.proxy.audit.Closed;
import dev.tailnet.proxy.audit.Decision;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest.Protocol;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.request.TunnelEnd;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** The meters, each made once so that counting costs no lookup. */
final class Meters {
    private static final Duration[] DIAL_BUCKETS = Arrays.stream(
                    new long[] {1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 15_000})
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final Sources sources;
    private final Map<Protocol, Outcomes> connections = new EnumMap<>(Protocol.class);
    private final Map<Route, Outcomes> dials = new EnumMap<>(Route.class);
    private final Map<Route, Timer> dialTimes = new EnumMap<>(Route.class);
    private final Map<TunnelEnd.Cause, Counter> tunnelEnds = new EnumMap<>(TunnelEnd.Cause.class);
    private final Sampled sampled;
    private final DatagramMeters datagrams;
    private final RuleMeters rules;

    Meters(Sources sources, MeterRegistry registry) {
        this.sources = sources;
        for (Protocol protocol : Protocol.values()) {
            connections.put(
                    protocol,
                    new Outcomes(
                            registry,
                            "tailnet.connections",
                            "Requests by what became of them",
                            Tag.of("protocol", name(protocol))));
        }
        for (Route route : Route.values()) {
            if (route != Route.UNOWNED) {
                dials.put(
                        route,
                        new Outcomes(
                                registry,
                                "tailnet.dials",
                                "Dials by what became of them",
                                Tag.of("route", name(route))));
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
        var first = Sample.of(sources);
        sampled = new Sampled(registry, first);
        datagrams = new DatagramMeters(registry, sources.datagrams().get(), first.node());
        rules = new RuleMeters(registry);
        AuditMeters.add(registry, sources.audit());
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    void decided(Decision decision) {
        ConnectFailure failure = decision.failure();
        FailureReason reason = failure == null ? null : failure.reason();
        outcomes(connections, decision.request().protocol()).count(reason);
        rules.decided(decision);
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

    void decided(InboundDecision decision) {
        rules.decided(decision);
    }

    void closed(Closed closed) {
        Counter counter = tunnelEnds.get(closed.end().cause());
        if (counter != null) {
            counter.increment();
        }
    }

    /** Asks the sources anew. */
    synchronized void sample() {
        var sample = Sample.of(sources);
        sampled.take(sample);
        datagrams.sample(sources.datagrams().get(), sample.node());
    }

    private static <K> Outcomes outcomes(Map<K, Outcomes> byKey, K key) {
        Outcomes outcomes = byKey.get(key);
        if (outcomes == null) {
            throw new IllegalStateException("no meters for " + key);
        }
        return outcomes;
    }

    static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
