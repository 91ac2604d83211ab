package dev.tailnet.agent.status;

import dev.tailnet.agent.audit.AuditCounts;
import dev.tailnet.agent.audit.AuditReport;
import dev.tailnet.agent.expose.InboundCounts;
import dev.tailnet.agent.metrics.NodeSample;
import dev.tailnet.agent.node.NodeState;
import dev.tailnet.agent.node.Preferences;
import dev.tailnet.agent.node.SelfNode;
import dev.tailnet.agent.node.Trouble;
import dev.tailnet.agent.status.StatusDocument.Audit;
import dev.tailnet.agent.status.StatusDocument.Connections;
import dev.tailnet.agent.status.StatusDocument.Inbound;
import dev.tailnet.proxy.connection.Counts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Puts together what {@code /status} says. */
final class StatusReporter {
    private final AgentView agent;

    StatusReporter(AgentView agent) {
        this.agent = agent;
    }

    /**
     * @param node null when the node did not tell
     * @param trouble why it did not; null when it did, or need not
     */
    StatusDocument report(@Nullable NodeReport node, @Nullable String trouble) {
        NodeState state = agent.nodeState();
        SelfNode self = agent.self();
        NodeSample sample = agent.nodeSample();
        String dnsName = dnsName(node, self);
        List<String> warnings = new ArrayList<>(node == null ? List.of() : node.health());
        if (!agent.exitNodeTrouble().isEmpty()) {
            warnings.add("no exit node: " + agent.exitNodeTrouble());
        }
        if (trouble != null) {
            warnings.add("peers and DERP home are missing here: " + trouble);
        }
        return new StatusDocument(
                name(state.kind()),
                state.reason(),
                state.trouble() == Trouble.NONE ? null : state.trouble().id(),
                dnsName == null ? null : firstLabel(dnsName),
                hostname(),
                dnsName,
                addresses(node, self),
                node == null ? agent.settings().tags() : node.tags(),
                keyExpiry(node, self),
                controlServer(),
                node == null ? null : node.derpHome(),
                node == null ? List.of() : node.peers(),
                agent.listeners(),
                connections(sample),
                agent.exposed(),
                inbound(sample),
                audit(),
                agent.uptime().toSeconds(),
                agent.version(),
                warnings,
                agent.loginUrl(),
                agent.preferences());
    }

    /** The name that the node asks for now: somebody may have changed it since the start. */
    private String hostname() {
        Preferences set = agent.preferences();
        return set == null || set.hostname().isEmpty() ? agent.settings().hostname() : set.hostname();
    }

    private String controlServer() {
        Preferences set = agent.preferences();
        return set == null || set.controlUrl().isEmpty()
                ? agent.settings().loginServer().toString()
                : set.controlUrl();
    }

    private Inbound inbound(NodeSample sample) {
        InboundCounts counts = agent.inbound();
        return new Inbound(
                counts.open(), counts.accepted(), counts.refusedInAll(), sample.inboundUp(), sample.inboundDown());
    }

    private @Nullable Audit audit() {
        AuditReport report = agent.audit();
        if (report == null) {
            return null;
        }
        AuditCounts counts = report.counts();
        return new Audit(report.log(), counts.written(), counts.lost(), counts.waiting(), counts.trouble());
    }

    private Connections connections(NodeSample sample) {
        Counts counts = agent.connections();
        return new Connections(
                counts.accepted(),
                counts.tooMany(),
                counts.handshaking(),
                counts.waiting(),
                counts.exchanging(),
                counts.tunnels(),
                sample.bytesUp(),
                sample.bytesDown());
    }

    private static @Nullable String dnsName(@Nullable NodeReport node, @Nullable SelfNode self) {
        if (node != null && !node.dnsName().isEmpty()) {
            return node.dnsName();
        }
        return self == null || self.name().isEmpty() ? null : self.name();
    }

    private static List<String> addresses(@Nullable NodeReport node, @Nullable SelfNode self) {
        if (node != null && !node.addresses().isEmpty()) {
            return node.addresses();
        }
        return self == null ? List.of() : self.addresses();
    }

    private static @Nullable Instant keyExpiry(@Nullable NodeReport node, @Nullable SelfNode self) {
        if (node != null && node.keyExpiry() != null) {
            return node.keyExpiry();
        }
        return self == null ? null : self.keyExpiry();
    }

    private static String firstLabel(String dnsName) {
        int dot = dnsName.indexOf('.');
        return dot < 0 ? dnsName : dnsName.substring(0, dot);
    }

    /** {@code NEEDS_LOGIN} as {@code needs-login}. */
    static String name(NodeState.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
