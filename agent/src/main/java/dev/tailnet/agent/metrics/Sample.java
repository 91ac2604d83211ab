package dev.tailnet.agent.metrics;

import dev.tailnet.agent.expose.InboundCounts;
import dev.tailnet.agent.node.NodeState;
import dev.tailnet.agent.node.SelfNode;
import dev.tailnet.proxy.connection.Counts;
import dev.tailnet.proxy.dns.DnsCounts;
import dev.tailnet.proxy.resolve.CacheCounts;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the sources said for one scrape. */
record Sample(
        NodeState.Kind state,
        @Nullable SelfNode self,
        Counts connections,
        NodeSample node,
        InboundCounts inbound,
        CacheCounts names,
        DnsCounts dns) {

    static Sample of(Sources sources) {
        return new Sample(
                sources.state().get().kind(),
                sources.self().get(),
                sources.connections().get(),
                sources.node().get(),
                sources.inbound().get(),
                sources.names().get(),
                sources.dns().get());
    }

    /** In Unix time; not a number when the node's key does not expire. */
    double keyExpiry() {
        Instant expiry = self == null ? null : self.keyExpiry();
        return expiry == null ? Double.NaN : expiry.getEpochSecond();
    }
}
