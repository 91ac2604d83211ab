package dev.tailnet.agent.metrics;

import dev.tailnet.agent.expose.InboundCounts;
import dev.tailnet.agent.node.NodeState;
import dev.tailnet.proxy.connection.Counts;
import dev.tailnet.proxy.dns.DnsCounts;
import dev.tailnet.proxy.resolve.CacheCounts;

/** What the sources said for one scrape. */
record Sample(
        NodeState.Kind state,
        Counts connections,
        NodeSample node,
        InboundCounts inbound,
        CacheCounts names,
        DnsCounts dns) {

    static Sample of(Sources sources) {
        return new Sample(
                sources.state().get().kind(),
                sources.connections().get(),
                sources.node().get(),
                sources.inbound().get(),
                sources.names().get(),
                sources.dns().get());
    }
}
