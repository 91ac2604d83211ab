package dev.tailnet.agent.check;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.agent.check.NameAnswer.Address;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.Target;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * From the name to the connection. The connection itself is one through the agent: policy, route and failure are those of any
 * client. While it is being made, the node on the way is pinged, which no ACL forbids.
 */
final class TargetSteps {
    private static final Duration PING_PATIENCE = Duration.ofSeconds(3);

    private final AgentSide agent;
    private final NodeView node;
    private final Walk walk;
    private final Target target;
    private final Duration timeout;
    private final Statements statements;

    TargetSteps(AgentSide agent, NodeView node, Walk walk, Target target, Duration timeout, Statements statements) {
        this.agent = agent;
        this.node = node;
        this.walk = walk;
        this.target = target;
        this.timeout = timeout;
        this.statements = statements;
    }

    /** @param certificate null when the certificate does not matter */
    void take(@Nullable CertificateStep certificate) throws StepFailure {
        long start = System.nanoTime();
        NameAnswer name = resolve();
        Duration lookup = Walk.since(start);
        statements.leadsTo(name);
        Optional<CompletableFuture<Optional<PingAnswer>>> ping = name.first()
                .filter(address -> NameAnswer.isThroughTailnet(address.route()))
                .map(address -> Beside.start(() -> agent.ping(address.address(), PING_PATIENCE)));
        start = System.nanoTime();
        TunnelAnswer tunnel = connect();
        Duration dial = Walk.since(start);
        Optional<PingAnswer> pong = ping.flatMap(CompletableFuture::join);
        try {
            tell(name, lookup, tunnel, dial, pong);
            if (certificate != null && tunnel instanceof TunnelAnswer.Open open) {
                certificate.take(open, target, timeout, walk);
            }
        } finally {
            Channels.close(tunnel);
        }
    }

    private NameAnswer resolve() throws StepFailure {
        try {
            return agent.resolve(target.host().toString());
        } catch (Unanswered e) {
            throw walk.failed("name", null, Finding.of(ExitCode.NO_AGENT, e.getMessage(), ""));
        }
    }

    private TunnelAnswer connect() throws StepFailure {
        try {
            return agent.connect(target, timeout);
        } catch (Unanswered e) {
            throw walk.failed("connection", null, Finding.of(ExitCode.NO_AGENT, e.getMessage(), ""));
        }
    }

    /** Puts what came of the connection into the order of its steps. */
    private void tell(NameAnswer name, Duration lookup, TunnelAnswer tunnel, Duration dial, Optional<PingAnswer> pong)
            throws StepFailure {
        Optional<Address> first = name.first();
        Optional<Finding> finding = new Diagnosis(agent, node, target, name, pong).of(tunnel);
        String at = finding.map(found -> stepOf(found.cause())).orElse("");
        if (at.equals("name")) {
            throw walk.failed("name", lookup, finding.orElseThrow());
        }
        if (target.host() instanceof Host.Name) {
            tellName(name, lookup);
        }
        if (at.equals("policy")) {
            throw walk.failed("policy", null, finding.orElseThrow());
        }
        walk.passed("policy", null, "allowed");
        if (at.equals("route")) {
            throw walk.failed("route", null, finding.orElseThrow());
        }
        first.ifPresent(address -> walk.passed("route", null, route(address, pong)));
        pong.ifPresent(this::tellPath);
        if (finding.isPresent()) {
            throw walk.failed("connection", dial, finding.get());
        }
        walk.passed(
                "connection",
                dial,
                first.map(Address::text).orElse(target.host().toString()) + " port " + target.port());
    }

    private void tellName(NameAnswer name, Duration lookup) {
        if (name.addresses().isEmpty()) {
            walk.note("name", lookup, name.error().isEmpty() ? "no address" : name.error());
        } else {
            walk.passed(
                    "name",
                    lookup,
                    name.addresses().stream().map(Address::text).collect(Collectors.joining(", ")) + " ("
                            + name.answeredBy() + ")");
        }
    }

    private String route(Address address, Optional<PingAnswer> pong) {
        return switch (address.route()) {
            case TAILNET ->
                "tailnet, node "
                        + node.peerAt(address.text()).map(NodeView.Peer::name).orElse(address.text());
            case SUBNET ->
                "subnet route"
                        + pong.map(PingAnswer::node)
                                .filter(router -> !router.isEmpty())
                                .map(router -> ", by " + router)
                                .orElse("");
            case EXIT_NODE -> "exit node";
            case DIRECT, UPSTREAM_PROXY -> "outside the tailnet, from this machine's own network";
            case UNOWNED -> "none";
        };
    }

    private void tellPath(PingAnswer pong) {
        if (pong.answered()) {
            walk.passed("path", pong.latency(), pong.path());
        } else {
            walk.note("path", null, "no answer to a ping: " + pong.error());
        }
    }

    private static String stepOf(ExitCode cause) {
        return switch (cause) {
            case NAME_UNKNOWN, MAGICDNS_OFF, DNS_FAILED -> "name";
            case POLICY_DENIED -> "policy";
            case NOT_ON_TAILNET, NO_SUBNET_ROUTE -> "route";
            default -> "connection";
        };
    }
}
