package dev.tailnet.agent;

import dev.tailnet.agent.config.Internet;
import dev.tailnet.agent.config.NodeSettings;
import dev.tailnet.agent.config.Settings;
import dev.tailnet.agent.expose.Exposures;
import dev.tailnet.agent.expose.InboundConnections;
import dev.tailnet.agent.expose.InboundCounts;
import dev.tailnet.agent.metrics.NodeSample;
import dev.tailnet.agent.node.NodeState;
import dev.tailnet.agent.node.NodeSupervisor;
import dev.tailnet.agent.node.SelfNode;
import dev.tailnet.agent.status.AgentView;
import dev.tailnet.agent.status.StatusDocument.Exposed;
import dev.tailnet.agent.status.StatusDocument.Listener;
import dev.tailnet.agent.status.StatusDocument.Version;
import dev.tailnet.bridge.Libtailscale;
import dev.tailnet.bridge.Stats;
import dev.tailnet.proxy.connection.Counts;
import dev.tailnet.proxy.server.ProxyServer;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The agent as the status endpoint sees it. */
final class RunningView implements AgentView {
    private final Settings settings;
    private final NodeSupervisor node;
    private final OpenListeners listeners;
    private final Exposures exposures;
    private final InboundConnections inbound;
    private final Supplier<@Nullable ProxyServer> proxies;
    private final Instant startedAt = Instant.now();

    RunningView(
            Settings settings,
            NodeSupervisor node,
            OpenListeners listeners,
            Exposures exposures,
            InboundConnections inbound,
            Supplier<@Nullable ProxyServer> proxies) {
        this.settings = settings;
        this.node = node;
        this.listeners = listeners;
        this.exposures = exposures;
        this.inbound = inbound;
        this.proxies = proxies;
    }

    @Override
    public NodeSettings settings() {
        return settings.node();
    }

    @Override
    public NodeState nodeState() {
        return node.state();
    }

    @Override
    public String exitNodeTrouble() {
        return node.exitNodeTrouble();
    }

    @Override
    public @Nullable SelfNode self() {
        return node.self();
    }

    @Override
    public boolean carriesInternet() {
        return settings.internet() != Internet.DIRECT;
    }

    @Override
    public Counts connections() {
        ProxyServer server = proxies.get();
        return server == null ? Counts.NONE : server.counts();
    }

    @Override
    public NodeSample nodeSample() {
        Stats stats = node.stats();
        return stats == null
                ? NodeSample.NONE
                : new NodeSample(
                        stats.bytesUp(),
                        stats.bytesDown(),
                        stats.goHeapBytes(),
                        stats.goSystemBytes(),
                        stats.goroutines(),
                        stats.inbound().bytesUp(),
                        stats.inbound().bytesDown(),
                        stats.datagramsDroppedUp(),
                        stats.datagramsDroppedDown());
    }

    @Override
    public List<Exposed> exposed() {
        return exposures.current().stream()
                .map(spec -> new Exposed(spec.portText(), spec.targetText(), spec.from(), spec.proxyProtocol()))
                .toList();
    }

    @Override
    public InboundCounts inbound() {
        return inbound.counts();
    }

    @Override
    public List<Listener> listeners() {
        return listeners.shown();
    }

    @Override
    public boolean accepting() {
        return listeners.accepting();
    }

    @Override
    public Instant startedAt() {
        return startedAt;
    }

    @Override
    public Version version() {
        return new Version(
                AgentVersion.current(),
                node.node() == null ? null : Libtailscale.version(),
                Runtime.version().toString());
    }
}
