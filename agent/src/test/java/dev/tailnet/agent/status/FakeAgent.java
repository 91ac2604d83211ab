package dev.tailnet.agent.status;

import dev.tailnet.agent.audit.AuditReport;
import dev.tailnet.agent.config.NodePreferences;
import dev.tailnet.agent.config.NodeSettings;
import dev.tailnet.agent.expose.InboundCounts;
import dev.tailnet.agent.expose.Refusal;
import dev.tailnet.agent.metrics.NodeSample;
import dev.tailnet.agent.node.NodeState;
import dev.tailnet.agent.node.Preferences;
import dev.tailnet.agent.node.SelfNode;
import dev.tailnet.agent.observe.LiveConnections;
import dev.tailnet.agent.observe.LogLine;
import dev.tailnet.agent.observe.Observed;
import dev.tailnet.agent.observe.RefusedRequests;
import dev.tailnet.agent.observe.Ring;
import dev.tailnet.agent.observe.Throughput;
import dev.tailnet.agent.status.StatusDocument.Exposed;
import dev.tailnet.agent.status.StatusDocument.Listener;
import dev.tailnet.agent.status.StatusDocument.Version;
import dev.tailnet.proxy.connection.Counts;
import dev.tailnet.proxy.connection.Rejection;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An agent in whatever state a test wants. */
final class FakeAgent implements AgentView {
    static final NodeState RUNNING = new NodeState(NodeState.Kind.RUNNING, "", NodeState.Outlook.FINE);

    volatile NodeState state = RUNNING;
    volatile boolean accepting = true;
    volatile @Nullable AuditReport audit;
    volatile String exitNodeTrouble = "";
    volatile @Nullable Preferences preferences;
    volatile @Nullable String loginUrl;
    final RefusedRequests refused = new RefusedRequests(Clock.systemUTC());
    final Ring<LogLine> log = new Ring<>(200);
    volatile LiveConnections connections = most -> new LiveConnections.Shown(0, List.of());
    final Observed observed = new Observed(most -> connections.show(most), refused, Throughput.ring(), log::after);
    volatile @Nullable SelfNode self = new SelfNode("box.tailnet.test", List.of("100.64.0.2"), null);

    @Override
    public NodeSettings settings() {
        return new NodeSettings(
                Optional.empty(),
                "box",
                URI.create("http://127.0.0.1:8080"),
                List.of("tag:ci"),
                true,
                Optional.empty(),
                true,
                Optional.empty(),
                NodePreferences.DEFAULT);
    }

    @Override
    public NodeState nodeState() {
        return state;
    }

    @Override
    public String exitNodeTrouble() {
        return exitNodeTrouble;
    }

    @Override
    public @Nullable SelfNode self() {
        return self;
    }

    @Override
    public @Nullable Preferences preferences() {
        return preferences;
    }

    @Override
    public @Nullable String loginUrl() {
        return loginUrl;
    }

    @Override
    public boolean carriesInternet() {
        return false;
    }

    @Override
    public Counts connections() {
        return new Counts(9, Map.of(Rejection.MAX_CONNECTIONS, 1L), 0, 2, 0, 3);
    }

    @Override
    public NodeSample nodeSample() {
        return new NodeSample(100, 200, 1 << 20, 2 << 20, 40, 7, 8, 0, 0);
    }

    @Override
    public List<Exposed> exposed() {
        return List.of(new Exposed("3000", "localhost:3000", List.of("tag:ci"), true));
    }

    @Override
    public InboundCounts inbound() {
        return new InboundCounts(1, 5, Map.of(Refusal.NOT_ALLOWED, 2L, Refusal.TIMEOUT, 1L));
    }

    @Override
    public List<Listener> listeners() {
        return List.of(new Listener("mixed", "127.0.0.1:1055", null));
    }

    @Override
    public @Nullable AuditReport audit() {
        return audit;
    }

    @Override
    public boolean accepting() {
        return accepting;
    }

    @Override
    public Duration uptime() {
        return Duration.ofMinutes(1);
    }

    @Override
    public Observed observed() {
        return observed;
    }

    @Override
    public Version version() {
        return new Version("0.1.0", "tailscale.com v1.102.5", "25");
    }
}
