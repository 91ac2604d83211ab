package dev.tailnet.agent.metrics;

import dev.tailnet.agent.audit.AuditReport;
import dev.tailnet.agent.expose.InboundCounts;
import dev.tailnet.agent.node.NodeState;
import dev.tailnet.agent.node.SelfNode;
import dev.tailnet.proxy.connection.Counts;
import dev.tailnet.proxy.datagram.DatagramCounts;
import dev.tailnet.proxy.dns.DnsCounts;
import dev.tailnet.proxy.resolve.CacheCounts;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Where sampled numbers come from. Each is asked once for a scrape. */
public record Sources(
        Supplier<NodeState> state,
        Supplier<@Nullable SelfNode> self,
        Supplier<Counts> connections,
        Supplier<NodeSample> node,
        Supplier<InboundCounts> inbound,
        Supplier<CacheCounts> names,
        Supplier<DnsCounts> dns,
        Supplier<DatagramCounts> datagrams,
        Supplier<@Nullable AuditReport> audit) {}
