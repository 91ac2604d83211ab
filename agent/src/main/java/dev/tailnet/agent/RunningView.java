package dev.tailnet.agent;

import dev.tailnet.agent.audit.AuditReport;
import dev.tailnet.agent.config.NodeSettings;
import dev.tailnet.agent.expose.InboundCounts;
import dev.tailnet.agent.metrics.NodeSample;
import dev.tailnet.agent.node.NodeState;
import dev.tailnet.agent.node.Preferences;
import dev.tailnet.agent.node.SelfNode;
import dev.tailnet.agent.observe.Observed;
import dev.tailnet.agent.status.AgentView;
import dev.tailnet.agent.status.StatusDocument.Exposed;
import dev.tailnet.agent.status.StatusDocument.Listener;
import dev.tailnet.agent.status.StatusDocument.Version;
import dev.tailnet.bridge.Libtailscale;
import dev.tailnet.bridge.Stats;
import dev.tailnet.proxy.connection.Counts;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The agent as the status endpoint sees it. */
final class RunningView implements AgentView {
    private final Core core;
    private final Supplier<Counts> connections;
    private final Observed observed;
    private final long startedNanos = System.nanoTime();

    /** @param connections the proxies' */
    RunningView(Core core, Supplier<Counts> connections, Observed observed) {
        this.core = core;
        this.connections = connections;
        this.observed = observed;
    }

    @Override
    public NodeSettings settings() {
        return core.settings().node();
    }

    @Override
    public NodeState nodeState() {
        return core.node().state();
    }

    @Override
    public String exitNodeTrouble() {
        return core.node().exitNodeTrouble();
    }

    @Override
    public @Nullable SelfNode self() {
        return core.node().self();
    }

    @Override
    public @Nullable Preferences preferences() {
        return core.node().preferences();
    }

    @Override
    public @Nullable String loginUrl() {
        return core.node().loginUrl();
    }

    @Override
    public boolean carriesInternet() {
        return !core.outside().isDirect();
    }

    @Override
    public Counts connections() {
        return connections.get();
    }

    @Override
    public NodeSample nodeSample() {
        Stats stats = core.node().stats();
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
        return core.exposures().current().stream()
                .map(spec -> new Exposed(spec.portText(), spec.targetText(), spec.from(), spec.proxyProtocol()))
                .toList();
    }

    @Override
    public InboundCounts inbound() {
        return core.inbound().counts();
    }

    @Override
    public List<Listener> listeners() {
        return core.listeners().shown();
    }

    @Override
    public @Nullable AuditReport audit() {
        return core.auditing().report();
    }

    @Override
    public boolean accepting() {
        return core.listeners().accepting();
    }

    @Override
    public Duration uptime() {
        return Duration.ofNanos(System.nanoTime() - startedNanos);
    }

    @Override
    public Observed observed() {
        return observed;
    }

    @Override
    public Version version() {
        return new Version(
                AgentVersion.current(),
                core.node().node() == null ? null : Libtailscale.version(),
                Runtime.version().toString());
    }
}
