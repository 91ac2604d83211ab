package dev.tailnet.agent.expose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.bridge.Code;
import dev.tailnet.bridge.InboundFlow;
import dev.tailnet.bridge.NodeEvent;
import dev.tailnet.bridge.Transport;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InboundConnectionsTest {
    private static final InboundFlow FLOW = new InboundFlow(
            Transport.TCP,
            new InetSocketAddress("100.64.0.9", 50_000),
            3000,
            new InetSocketAddress("127.0.0.1", 9000),
            "web.tailnet.test");
    private static final InboundFlow DENIED =
            new InboundFlow(Transport.UDP, new InetSocketAddress("fd7a::9", 1), 53, null, "");

    private final List<String> lines = new ArrayList<>();
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
                .containsExactly("INBOUND id=3 transport=UDP peer=[fd7a:0:0:0:0:0:0:9]:1 port=53 outcome=NOT_ALLOWED"
                        + " message=\"not to \\\"you\\\"\"");
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
