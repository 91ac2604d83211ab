package dev.tailnet.agent.expose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.audit.InboundDecision;
import dev.tailnet.agent.audit.InboundEnd;
import dev.tailnet.agent.audit.InboundWitness;
import dev.tailnet.bridge.Code;
import dev.tailnet.bridge.InboundFlow;
import dev.tailnet.bridge.NodeEvent;
import dev.tailnet.bridge.Transport;
import dev.tailnet.proxy.audit.Ruling;
import dev.tailnet.proxy.policy.Policy;
import dev.tailnet.proxy.policy.Verdict;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.InboundRequest;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.request.TunnelEnd;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InboundConnectionsTest {
    private static final InboundFlow FLOW = new InboundFlow(
            Transport.TCP,
            new InetSocketAddress("100.64.0.9", 50_000),
            new InetSocketAddress("100.64.0.1", 3000),
            new InetSocketAddress("127.0.0.1", 9000),
            "web.tailnet.test",
            "",
            List.of("tag:ci"));
    private static final InboundFlow DENIED = new InboundFlow(
            Transport.UDP,
            new InetSocketAddress("fd7a::9", 1),
            new InetSocketAddress("fd7a::1", 53),
            null,
            "",
            "",
            List.of());

    private final List<String> lines = new ArrayList<>();
    private final List<Object> witnessed = new ArrayList<>();
    private long now;
    private final InboundConnections connections = new InboundConnections(
            new InboundAudit() {
                @Override
                void accepted(long id, InboundFlow flow) {
                    lines.add(acceptedLine(id, flow));
                }

                @Override
                void rejected(long id, InboundFlow flow, Refusal refusal, String message) {
                    lines.add(rejectedLine(id, flow, refusal, message));
                }

                @Override
                void ended(NodeEvent.Ended event, InboundFlow flow, Duration open) {
                    lines.add(endedLine(event, flow, open));
                }
            },
            new InboundWitness() {
                @Override
                public void decided(InboundDecision decision) {
                    witnessed.add(decision);
                }

                @Override
                public void ended(InboundEnd end) {
                    witnessed.add(end);
                }
            },
            () -> now);

    @Test
    void writesALineForEachBeginningAndEnd() {
        connections.accepted(new NodeEvent.Accepted(1, FLOW));
        now = Duration.ofMillis(1500).toNanos();
        connections.ended(new NodeEvent.Ended(1, Code.OK, 5, 7, ""));
        connections.accepted(new NodeEvent.Accepted(2, FLOW));
        connections.ended(new NodeEvent.Ended(2, Code.RESET, 0, 0, "reset by the client"));

        assertThat(lines)
                .containsExactly(
                        "INBOUND id=1 transport=TCP peer=100.64.0.9:50000 node=web.tailnet.test port=3000"
                                + " service=127.0.0.1:9000 outcome=ESTABLISHED",
                        "INBOUND_CLOSE id=1 transport=TCP peer=100.64.0.9:50000 node=web.tailnet.test port=3000"
                                + " service=127.0.0.1:9000 end=FINISHED up=5 down=7 open_ms=1500",
                        "INBOUND id=2 transport=TCP peer=100.64.0.9:50000 node=web.tailnet.test port=3000"
                                + " service=127.0.0.1:9000 outcome=ESTABLISHED",
                        "INBOUND_CLOSE id=2 transport=TCP peer=100.64.0.9:50000 node=web.tailnet.test port=3000"
                                + " service=127.0.0.1:9000 end=RESET up=0 down=0 open_ms=0"
                                + " detail=\"reset by the client\"");
    }

    @Test
    void writesALineForEachRefusal() {
        connections.rejected(new NodeEvent.Rejected(3, Code.DENIED, DENIED, "not to \"you\""));

        assertThat(lines)
                .containsExactly("INBOUND id=3 transport=UDP peer=[fd7a::9]:1 port=53 outcome=NOT_ALLOWED"
                        + " message=\"not to \\\"you\\\"\"");
    }

    @Test
    void whatTheNodeDecidedByItselfIsToldAsSuch() {
        connections.judgeBy(judge(new TestPolicy(false)));
        connections.accepted(new NodeEvent.Accepted(1, FLOW));
        now = Duration.ofSeconds(2).toNanos();
        connections.ended(new NodeEvent.Ended(1, Code.RESET, 5, 7, "reset by the peer"));
        connections.rejected(new NodeEvent.Rejected(2, Code.DENIED, DENIED, "not exposed to this peer"));
        connections.rejected(new NodeEvent.Rejected(3, Code.REFUSED, FLOW, "refused"));

        assertThat(witnessed).hasSize(4);
        var accepted = (InboundDecision) witnessed.getFirst();
        assertThat(accepted.failure()).isNull();
        assertThat(accepted.service()).isEqualTo(FLOW.service());
        assertThat(accepted.request().roles()).containsExactly("tag:ci");
        assertThat(accepted.ruling()).isEqualTo(new Ruling("enforce", null, null));
        var ended = (InboundEnd) witnessed.get(1);
        assertThat(ended.end()).isEqualTo(new TunnelEnd(TunnelEnd.Cause.RESET, 5, 7, "reset by the peer"));
        assertThat(ended.open()).isEqualTo(Duration.ofSeconds(2));
        assertThat(((InboundDecision) witnessed.get(2)).ruling()).isEqualTo(new Ruling("enforce", "expose", null));
        var dead = (InboundDecision) witnessed.get(3);
        assertThat(dead.ruling().rule()).isNull();
        assertThat(dead.failure())
                .isInstanceOfSatisfying(
                        ConnectFailure.class,
                        failure -> assertThat(failure.reason()).isEqualTo(FailureReason.CONNECTION_REFUSED));
    }

    @Test
    void aRefusalByThePolicyIsToldInItsWords() {
        connections.judgeBy(judge(new TestPolicy(true)));
        connections.asked(new NodeEvent.Asked(1, FLOW));
        connections.rejected(new NodeEvent.Rejected(1, Code.DENIED, FLOW, "the connection is not allowed"));

        assertThat(lines).singleElement().asString().endsWith("message=\"no web.tailnet.test\"");
        assertThat(witnessed).singleElement().isInstanceOfSatisfying(InboundDecision.class, decision -> {
            assertThat(decision.ruling()).isEqualTo(new Ruling("enforce", "nobody", null));
            assertThat(decision.failure()).hasMessage("no web.tailnet.test");
        });
    }

    @Test
    void aChangedPolicyEndsWhatItDeniesAndSaysWhy() {
        var policy = new TestPolicy(false);
        connections.judgeBy(judge(policy));
        connections.accepted(new NodeEvent.Accepted(1, FLOW));
        assertThat(connections.endWhatIsDenied()).isZero();
        policy.denies = true;
        assertThat(connections.endWhatIsDenied()).isEqualTo(1);
        assertThat(connections.endWhatIsDenied()).as("once").isZero();
        connections.ended(new NodeEvent.Ended(1, Code.CANCELLED, 1, 2, "cancelled"));

        assertThat(((InboundEnd) witnessed.getLast()).end())
                .isEqualTo(new TunnelEnd(TunnelEnd.Cause.CANCELLED, 1, 2, "no web.tailnet.test"));
    }

    @Test
    void nothingComesInThatCannotBeRecorded() {
        var full = new InboundJudge(new TestPolicy(false), true, () -> false, () -> null);
        assertThat(full.isAsked()).isTrue();
        assertThat(full.judge(FLOW).refusal()).hasMessageContaining("audit log cannot be written");
        var free = new InboundJudge(new TestPolicy(false), true, () -> true, () -> null);
        assertThat(free.judge(FLOW).refusal()).isNull();
    }

    private static InboundJudge judge(Policy policy) {
        return new InboundJudge(policy, false, () -> true, () -> null);
    }

    /** Lets all in, or nobody. */
    private static final class TestPolicy implements Policy {
        private boolean denies;

        TestPolicy(boolean denies) {
            this.denies = denies;
        }

        @Override
        public String mode() {
            return "enforce";
        }

        @Override
        public boolean endsWhatItDenies() {
            return true;
        }

        @Override
        public Verdict onInbound(InboundRequest request) {
            return denies ? Verdict.refused("nobody", "no " + request.node()) : Verdict.allowed();
        }

        @Override
        public Verdict onTarget(ConnectRequest request) {
            return Verdict.allowed();
        }

        @Override
        public Verdict onAddress(ConnectRequest request, List<String> alsoCalled, InetAddress address, Route route) {
            return Verdict.allowed();
        }
    }

    @Test
    void counts() {
        connections.accepted(new NodeEvent.Accepted(1, FLOW));
        connections.accepted(new NodeEvent.Accepted(2, FLOW));
        connections.ended(new NodeEvent.Ended(1, Code.OK, 5, 7, ""));
        connections.rejected(new NodeEvent.Rejected(3, Code.DENIED, DENIED, ""));
        connections.rejected(new NodeEvent.Rejected(4, Code.REFUSED, FLOW, ""));
        connections.rejected(new NodeEvent.Rejected(5, Code.REFUSED, FLOW, ""));

        var counts = connections.counts();
        assertThat(counts.open()).isEqualTo(1);
        assertThat(counts.accepted()).isEqualTo(2);
        assertThat(counts.refusedInAll()).isEqualTo(3);
        assertThat(counts.refused())
                .containsEntry(Refusal.NOT_ALLOWED, 1L)
                .containsEntry(Refusal.CONNECTION_REFUSED, 2L);
    }

    @Test
    void isDrainedWhenTheLastHasEnded() {
        assertThat(connections.drained(0)).isDone();
        connections.accepted(new NodeEvent.Accepted(1, FLOW));
        var drained = connections.drained(1);
        assertThat(drained).isNotDone();
        connections.ended(new NodeEvent.Ended(1, Code.OK, 0, 0, ""));
        assertThat(drained).isDone();
    }

    @Test
    void isNotDrainedWhileNewsOfAConnectionIsOnItsWay() {
        var drained = connections.drained(1);
        assertThat(drained).isNotDone();
        connections.accepted(new NodeEvent.Accepted(1, FLOW));
        assertThat(drained).isNotDone();
        connections.ended(new NodeEvent.Ended(1, Code.OK, 0, 0, ""));
        assertThat(drained).isDone();
    }

    @Test
    void isDrainedWhenTheNodeIsGone() {
        connections.accepted(new NodeEvent.Accepted(1, FLOW));
        var drained = connections.drained(2);
        connections.ended();
        assertThat(drained).isDone();
        assertThat(connections.counts().open()).isZero();
    }
}
