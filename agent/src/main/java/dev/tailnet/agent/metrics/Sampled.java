package dev.tailnet.agent.metrics;

import dev.tailnet.agent.expose.Refusal;
import dev.tailnet.agent.node.NodeState;
import dev.tailnet.proxy.connection.Rejection;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.util.function.ToDoubleFunction;

/** The meters whose numbers others keep: each scrape asks for them once. */
final class Sampled {
    private final MeterRegistry registry;
    private volatile Sample sample;

    Sampled(MeterRegistry registry, Sample first) {
        this.registry = registry;
        this.sample = first;
        connections();
        names();
        inbound();
        node();
    }

    void take(Sample next) {
        sample = next;
    }

    private void connections() {
        String open = "tailnet.connections.open";
        String how = "Open connections by how far they are";
        gauge(open, how, Tags.of("phase", "handshaking"), s -> s.connections().handshaking());
        gauge(open, how, Tags.of("phase", "waiting"), s -> s.connections().waiting());
        gauge(open, how, Tags.of("phase", "exchanging"), s -> s.connections().exchanging());
        gauge(open, how, Tags.of("phase", "tunnel"), s -> s.connections().tunnels());
        counter(
                "tailnet.connections.accepted",
                "Accepted connections",
                Tags.empty(),
                s -> s.connections().accepted());
        for (Rejection reason : Rejection.values()) {
            counter(
                    "tailnet.connections.rejected",
                    "Connections that got no further by a limit or for want of credentials",
                    Tags.of("reason", Meters.name(reason)),
                    s -> s.connections().rejected(reason));
        }
        String bytes = "Bytes that tunnels carried: up from clients, down to clients";
        counter(
                "tailnet.bytes",
                bytes,
                Tags.of("direction", "up"),
                s -> s.node().bytesUp());
        counter(
                "tailnet.bytes",
                bytes,
                Tags.of("direction", "down"),
                s -> s.node().bytesDown());
    }

    private void names() {
        String lookups = "tailnet.names.lookups";
        String how = "Lookups of names: known already, joined with one under way, or somebody was asked";
        counter(lookups, how, Tags.of("result", "hit"), s -> s.names().hits());
        counter(lookups, how, Tags.of("result", "joined"), s -> s.names().joined());
        counter(lookups, how, Tags.of("result", "miss"), s -> s.names().misses());
        gauge(
                "tailnet.names.cached",
                "Names whose addresses are remembered",
                Tags.empty(),
                s -> s.names().names());
        String queries = "tailnet.dns.queries";
        String what = "Queries to the DNS listeners by what became of them";
        counter(queries, what, Tags.of("result", "answered"), s -> s.dns().answered());
        counter(queries, what, Tags.of("result", "refused"), s -> s.dns().refused());
        counter(queries, what, Tags.of("result", "failed"), s -> s.dns().failed());
        counter(queries, what, Tags.of("result", "malformed"), s -> s.dns().malformed());
    }

    private void inbound() {
        gauge(
                "tailnet.inbound.open",
                "Open connections from the tailnet",
                Tags.empty(),
                s -> s.inbound().open());
        String connections = "tailnet.inbound.connections";
        String what = "Connections from the tailnet by what became of them";
        counter(
                connections,
                what,
                Tags.of("outcome", "established"),
                s -> s.inbound().accepted());
        for (Refusal refusal : Refusal.values()) {
            counter(
                    connections,
                    what,
                    Tags.of("outcome", Meters.name(refusal)),
                    s -> s.inbound().refused().getOrDefault(refusal, 0L));
        }
        String bytes = "Bytes of connections from the tailnet: up from peers, down to peers";
        counter(
                "tailnet.inbound.bytes",
                bytes,
                Tags.of("direction", "up"),
                s -> s.node().inboundUp());
        counter(
                "tailnet.inbound.bytes",
                bytes,
                Tags.of("direction", "down"),
                s -> s.node().inboundDown());
    }

    private void node() {
        for (NodeState.Kind kind : NodeState.Kind.values()) {
            gauge(
                    "tailnet.node.state",
                    "1 for the state that the node is in",
                    Tags.of("state", Meters.name(kind)),
                    s -> s.state() == kind ? 1 : 0);
        }
        gauge(
                "tailnet.node.key.expiry.timestamp.seconds",
                "When the node has to log in again, in Unix time; NaN when never",
                Tags.empty(),
                Sample::keyExpiry);
        gauge(
                "tailnet.go.heap.bytes",
                "Go objects, live and not yet collected",
                Tags.empty(),
                s -> s.node().goHeapBytes());
        gauge(
                "tailnet.go.system.bytes",
                "Memory that the Go runtime has from the system",
                Tags.empty(),
                s -> s.node().goSystemBytes());
        gauge("tailnet.go.goroutines", "Goroutines", Tags.empty(), s -> s.node().goroutines());
        gauge(
                "process.resident.memory.bytes",
                "Resident memory, JVM and Go together",
                Tags.empty(),
                s -> ResidentMemory.bytes());
    }

    private void counter(String name, String description, Iterable<Tag> tags, ToDoubleFunction<Sample> value) {
        FunctionCounter.builder(name, this, meters -> value.applyAsDouble(meters.sample))
                .description(description)
                .tags(tags)
                .register(registry);
    }

    private void gauge(String name, String description, Iterable<Tag> tags, ToDoubleFunction<Sample> value) {
        Gauge.builder(name, this, meters -> value.applyAsDouble(meters.sample))
                .description(description)
                .tags(tags)
                .register(registry);
    }
}
