package dev.tailnet.agent.metrics;

import dev.tailnet.proxy.datagram.DatagramCounts;
import dev.tailnet.proxy.datagram.DropReason;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The meters of UDP, all of them sampled. */
final class DatagramMeters {
    private static final String DROPPED = "tailnet.udp.dropped";

    private volatile DatagramCounts counts;
    private volatile NodeSample node;

    DatagramMeters(MeterRegistry registry, DatagramCounts counts, NodeSample node) {
        this.counts = counts;
        this.node = node;
        gauge(registry, "tailnet.udp.associations", "Open SOCKS5 UDP associations", m -> m.counts.associations());
        gauge(registry, "tailnet.udp.flows", "Targets that datagrams may be sent to now", m -> m.counts.flows());
        both(
                registry,
                "tailnet.udp.datagrams",
                "Datagrams that were passed on",
                m -> m.counts.up(),
                m -> m.counts.down());
        both(
                registry,
                "tailnet.udp.bytes",
                "Bytes of datagrams that were passed on",
                m -> m.counts.bytesUp(),
                m -> m.counts.bytesDown());
        for (DropReason reason : DropReason.values()) {
            dropped(registry, reason.name().toLowerCase(Locale.ROOT), m -> m.dropped(reason));
        }
        dropped(registry, "network", m -> m.node.datagramsDroppedUp());
    }

    void sample(DatagramCounts newCounts, NodeSample newNode) {
        counts = newCounts;
        node = newNode;
    }

    private double dropped(DropReason reason) {
        long here = counts.dropped().getOrDefault(reason, 0L);
        return reason == DropReason.QUEUE_FULL ? here + node.datagramsDroppedDown() : here;
    }

    private void gauge(
            MeterRegistry registry, String name, String description, ToDoubleFunction<DatagramMeters> value) {
        Gauge.builder(name, this, value).description(description).register(registry);
    }

    private void both(
            MeterRegistry registry,
            String name,
            String description,
            ToDoubleFunction<DatagramMeters> up,
            ToDoubleFunction<DatagramMeters> down) {
        String words = description + ": up from clients, down to clients";
        FunctionCounter.builder(name, this, up)
                .description(words)
                .tag("direction", "up")
                .register(registry);
        FunctionCounter.builder(name, this, down)
                .description(words)
                .tag("direction", "down")
                .register(registry);
    }

    private void dropped(MeterRegistry registry, String reason, ToDoubleFunction<DatagramMeters> value) {
        FunctionCounter.builder(DROPPED, this, value)
                .description("Datagrams that went nowhere, by why")
                .tag("reason", reason)
                .register(registry);
    }
}
