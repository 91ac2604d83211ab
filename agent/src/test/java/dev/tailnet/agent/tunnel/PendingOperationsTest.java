package dev.tailnet.agent.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.bridge.Code;
import dev.tailnet.bridge.NodeEvent;
import dev.tailnet.bridge.Source;
import dev.tailnet.bridge.Via;
import dev.tailnet.proxy.dial.Upstream;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.TunnelEnd;
import dev.tailnet.proxy.request.TunnelEnd.Cause;
import dev.tailnet.proxy.resolve.Resolution;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PendingOperationsTest {
    private static final InetAddress ADDRESS = InetAddress.ofLiteral("100.64.0.7");

    private final PendingOperations pending = new PendingOperations();
    private final List<Long> cancelled = new ArrayList<>();

    @Test
    void handsOutADialedConnection() {
        PendingDial dial = dial(1, ADDRESS);

        pending.dialed(new NodeEvent.Dialed(1, Code.OK, ""));

        assertThat(dial.isSuccess()).isTrue();
        assertThat(cancelled).isEmpty();
    }

    @Test
    void completesADialOnce() {
        PendingDial dial = dial(1, ADDRESS);

        pending.dialed(new NodeEvent.Dialed(1, Code.OK, ""));
        pending.dialed(new NodeEvent.Dialed(1, Code.REFUSED, "again"));
        pending.ended();

        assertThat(dial.isSuccess()).isTrue();
    }

    @Test
    void cancelsADialInTheLibraryAndIgnoresWhatStillComes() {
        PendingDial dial = dial(1, ADDRESS);

        assertThat(dial.cancel(true)).isTrue();
        assertThat(dial.cancel(true)).isFalse();
        pending.dialed(new NodeEvent.Dialed(1, Code.OK, ""));

        assertThat(cancelled).containsExactly(1L);
        assertThat(dial.isCancelled()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            REFUSED          | CONNECTION_REFUSED  | db.internal (100.64.0.7:5432) refused the connection
            HOST_UNREACHABLE | HOST_UNREACHABLE    | db.internal (100.64.0.7:5432) cannot be reached: the library's words
            NET_UNREACHABLE  | NETWORK_UNREACHABLE | no route leads to db.internal (100.64.0.7:5432)
            TIMEOUT          | TIMEOUT             | did not answer within 5 s: the peer is offline, or a firewall or the tailnet's ACLs drop
            NOT_OWNED        | NOT_ON_TAILNET      | nobody in the tailnet has the address of db.internal (100.64.0.7:5432)
            NODE_DOWN        | NODE_NOT_READY      | the node is not up: the library's words
            CANCELLED        | CANCELLED           | the library's words
            RESOURCES        | RESOURCES           | file descriptors
            INTERNAL         | INTERNAL            | connecting to db.internal (100.64.0.7:5432) failed: the library's words
            UNKNOWN          | INTERNAL            | connecting to db.internal (100.64.0.7:5432) failed: the library's words
            """)
    void saysWhyADialFailed(Code code, FailureReason reason, String message) throws UnknownHostException {
        PendingDial dial = dial(1, InetAddress.getByAddress("db.internal", ADDRESS.getAddress()));

        pending.dialed(new NodeEvent.Dialed(1, code, "the library's words"));

        ConnectFailure failure = failure(dial);
        assertThat(failure.reason()).isEqualTo(reason);
        assertThat(failure.getMessage()).contains(message);
    }

    @Test
    void namesATargetGivenByAddressOnce() {
        PendingDial dial = dial(1, InetAddress.ofLiteral("fd7a:115c:a1e0::7"));

        pending.dialed(new NodeEvent.Dialed(1, Code.REFUSED, ""));

        assertThat(failure(dial).getMessage()).startsWith("[fd7a:115c:a1e0::7]:5432 refused");
    }

    @Test
    void keepsTheNameInTheAddresses() {
        PendingLookup lookup = lookup(1);

        pending.resolved(new NodeEvent.Resolved(
                1, Code.OK, Source.SPLIT_DNS, Duration.ofMinutes(10), List.of(ADDRESS), List.of(), "192.0.2.53", ""));

        InetAddress address = lookup.getNow().addresses().getFirst();
        assertThat(new InetSocketAddress(address, 80).getHostString()).isEqualTo("db.internal");
        assertThat(address).isEqualTo(ADDRESS);
        assertThat(lookup.getNow().answeredBy()).isEqualTo("split DNS (192.0.2.53)");
        assertThat(lookup.getNow().timeToLive()).isEqualTo(Duration.ofMinutes(10));
        assertThat(lookup.getNow().cached()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            RESOLVE_FAILED | RESOLUTION_FAILED | looking up db.internal failed: SERVFAIL
            INTERNAL       | RESOLUTION_FAILED | looking up db.internal failed: SERVFAIL
            TIMEOUT        | RESOLUTION_TIMEOUT | within 5 s
            NODE_DOWN      | NODE_NOT_READY    | SERVFAIL
            """)
    void saysWhyALookupFailed(Code code, FailureReason reason, String message) {
        PendingLookup lookup = lookup(1);

        pending.resolved(new NodeEvent.Resolved(1, code, Source.UNKNOWN, null, List.of(), List.of(), "", "SERVFAIL"));

        assertThat(failure(lookup).reason()).isEqualTo(reason);
        assertThat(failure(lookup).getMessage()).contains(message);
    }

    @Test
    void aNameThatDoesNotExistIsAnAnswer() {
        PendingLookup lookup = lookup(1);

        pending.resolved(new NodeEvent.Resolved(
                1,
                Code.NO_SUCH_NAME,
                Source.MAGICDNS,
                Duration.ofSeconds(10),
                List.of(),
                List.of(),
                "",
                "no such name"));

        assertThat(lookup.getNow())
                .isEqualTo(new Resolution(List.of(), List.of(), Duration.ofSeconds(10), "MagicDNS", false));
    }

    @Test
    void aQueryEndsWithTheResponseOrTheReason() {
        PendingQuery answered = query(1);
        PendingQuery unanswered = query(2);

        pending.answered(new NodeEvent.Answered(1, Code.OK, Source.SYSTEM, "", new byte[] {1, 2}, ""));
        pending.answered(new NodeEvent.Answered(2, Code.TIMEOUT, Source.UNKNOWN, "", new byte[0], "no answer"));

        assertThat(answered.getNow()).containsExactly(1, 2);
        assertThat(failure(unanswered).reason()).isEqualTo(FailureReason.RESOLUTION_TIMEOUT);
    }

    @ParameterizedTest
    @CsvSource({
        "OK,FINISHED",
        "RESET,RESET",
        "IDLE,IDLE",
        "CANCELLED,CANCELLED",
        "NODE_DOWN,CANCELLED",
        "INTERNAL,ERROR"
    })
    void tellsHowATunnelEnded(Code code, Cause cause) {
        PendingTunnel tunnel = tunnel(1);

        pending.closed(new NodeEvent.Closed(1, code, 3, 5, "words"));

        assertThat(tunnel.getNow()).isEqualTo(new TunnelEnd(cause, 3, 5, "words"));
    }

    @Test
    void aCancelledTunnelStillTellsItsBytes() {
        PendingTunnel tunnel = tunnel(1);

        assertThat(tunnel.cancel(true)).isTrue();
        assertThat(tunnel.isDone()).isFalse();
        pending.closed(new NodeEvent.Closed(1, Code.CANCELLED, 3, 5, ""));

        assertThat(cancelled).containsExactly(1L);
        assertThat(tunnel.getNow()).isEqualTo(new TunnelEnd(Cause.CANCELLED, 3, 5, ""));
        assertThat(tunnel.cancel(true)).isFalse();
    }

    @Test
    void aLookupAndADialOfTheSameRequestDoNotMeet() {
        PendingDial dial = dial(1, ADDRESS);
        PendingLookup lookup = lookup(1);

        pending.resolved(new NodeEvent.Resolved(
                1, Code.NO_SUCH_NAME, Source.UNKNOWN, null, List.of(), List.of(), "", "no such name"));

        assertThat(lookup.isDone()).isTrue();
        assertThat(dial.isDone()).isFalse();
    }

    @Test
    void theEndOfTheNodeFailsAllThatIsPendingAndAllThatComesAfter() {
        PendingDial dial = dial(1, ADDRESS);
        PendingLookup lookup = lookup(2);
        PendingTunnel tunnel = tunnel(3);
        PendingQuery query = query(5);

        pending.ended();
        PendingDial late = dial(4, ADDRESS);

        assertThat(failure(dial).reason()).isEqualTo(FailureReason.CANCELLED);
        assertThat(failure(lookup).reason()).isEqualTo(FailureReason.CANCELLED);
        assertThat(failure(query).reason()).isEqualTo(FailureReason.CANCELLED);
        assertThat(tunnel.getNow().cause()).isEqualTo(Cause.CANCELLED);
        assertThat(failure(late).getMessage()).isEqualTo("the agent is stopping");
    }

    @Test
    void ignoresEventsOfNobody() {
        pending.dialed(new NodeEvent.Dialed(9, Code.OK, ""));
        pending.closed(new NodeEvent.Closed(9, Code.OK, 0, 0, ""));
        pending.resolved(new NodeEvent.Resolved(9, Code.OK, Source.SYSTEM, null, List.of(ADDRESS), List.of(), "", ""));
    }

    private PendingQuery query(long id) {
        var query = new PendingQuery(id, Duration.ofSeconds(4), ImmediateEventExecutor.INSTANCE, cancelled::add);
        pending.add(query);
        return query;
    }

    private PendingDial dial(long id, InetAddress address) {
        var dial = new PendingDial(
                id,
                Via.TAILNET,
                new InetSocketAddress(address, 5432),
                Duration.ofSeconds(5),
                ImmediateEventExecutor.INSTANCE,
                dialed -> new NoUpstream(),
                cancelled::add);
        pending.add(dial);
        return dial;
    }

    private PendingLookup lookup(long id) {
        var lookup = new PendingLookup(
                id, "db.internal", Duration.ofSeconds(5), ImmediateEventExecutor.INSTANCE, cancelled::add);
        pending.add(lookup);
        return lookup;
    }

    private PendingTunnel tunnel(long id) {
        var tunnel = new PendingTunnel(id, ImmediateEventExecutor.INSTANCE, cancelled::add);
        pending.add(tunnel);
        return tunnel;
    }

    private static ConnectFailure failure(Future<?> failed) {
        assertThat(failed.cause()).isInstanceOf(ConnectFailure.class);
        return (ConnectFailure) failed.cause();
    }

    /** Nothing is relayed here. */
    private static final class NoUpstream implements Upstream {
        @Override
        public Future<TunnelEnd> relay(int clientFd, ByteBuffer early, Duration idleTimeout) {
            throw new AssertionError("not relayed here");
        }

        @Override
        public void discard() {}
    }
}
