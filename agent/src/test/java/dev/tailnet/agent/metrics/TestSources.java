package dev.tailnet.agent.metrics;

import dev.tailnet.agent.expose.InboundCounts;
import dev.tailnet.agent.expose.Refusal;
import dev.tailnet.agent.node.NodeState;
import dev.tailnet.agent.node.SelfNode;
import dev.tailnet.proxy.connection.Counts;
import dev.tailnet.proxy.connection.Rejection;
import dev.tailnet.proxy.datagram.DatagramCounts;
import dev.tailnet.proxy.datagram.DropReason;
import dev.tailnet.proxy.dns.DnsCounts;
import dev.tailnet.proxy.resolve.CacheCounts;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Numbers to sample, each another one. */
final class TestSources {
    static final Sources RUNNING = new Sources(
            () -> new NodeState(NodeState.Kind.RUNNING, "", NodeState.Outlook.FINE),
            () -> new SelfNode("box.tailnet.test", List.of(), Instant.EPOCH),
            () -> new Counts(7, Map.of(Rejection.MAX_CONNECTIONS, 1L), 2, 3, 5, 4),
            () -> new NodeSample(10, 20, 30, 40, 50, 60, 70, 80, 90),
            () -> new InboundCounts(2, 9, Map.of(Refusal.NOT_ALLOWED, 3L)),
            () -> new CacheCounts(11, 12, 13, 14),
            () -> new DnsCounts(15, 16, 17, 18),
            () -> new DatagramCounts(1, 2, 3, 4, 5, 6, Map.of(DropReason.QUEUE_FULL, 7L)),
            () -> null);

    private TestSources() {}
}
