package dev.tailnet.agent.status;

import dev.tailnet.agent.audit.AuditReport;
import dev.tailnet.agent.config.NodeSettings;
import dev.tailnet.agent.expose.InboundCounts;
import dev.tailnet.agent.metrics.NodeSample;
import dev.tailnet.agent.node.NodeState;
import dev.tailnet.agent.node.Preferences;
import dev.tailnet.agent.node.SelfNode;
import dev.tailnet.agent.observe.Observed;
import dev.tailnet.agent.status.StatusDocument.Exposed;
import dev.tailnet.agent.status.StatusDocument.Listener;
import dev.tailnet.agent.status.StatusDocument.Version;
import dev.tailnet.proxy.connection.Counts;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the endpoint wants to know about the running agent. Every answer comes at once. */
public interface AgentView {

    NodeSettings settings();

    NodeState nodeState();

    /** Why the exit node that the settings name is not in use; empty when it is, or when they name none. */
    String exitNodeTrouble();

    /** Null before the first login. */
    @Nullable
    SelfNode self();

    /** What the node is set to do now; null until it has said so. */
    @Nullable
    Preferences preferences();

    /** Where a person can log the node in; null while that is not asked for. */
    @Nullable
    String loginUrl();

    /** Whether targets outside the tailnet are reached through the agent alone, or refused by it. */
    boolean carriesInternet();

    Counts connections();

    NodeSample nodeSample();

    /** What the tailnet may connect to. */
    List<Exposed> exposed();

    InboundCounts inbound();

    /** Every listener that is open, the status endpoint's own among them. */
    List<Listener> listeners();

    /** How the audit log fares; null when there is none. */
    @Nullable
    AuditReport audit();

    /** Whether the proxies accept connections: not any more once the agent is stopping. */
    boolean accepting();

    /** Whatever becomes of the clock meanwhile. */
    Duration uptime();

    /** What is kept of the last minutes. */
    Observed observed();

    Version version();
}
