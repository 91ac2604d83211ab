package dev.tailnet.proxy.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.request.Target;
import dev.tailnet.proxy.request.TunnelEnd;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class Slf4jAuditSinkTest {
    private static final InetAddress ADDRESS = InetAddress.ofLiteral("100.64.0.2");
    private static final ConnectRequest REQUEST = new ConnectRequest(
            7,
            ConnectRequest.Protocol.SOCKS5,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000),
            null,
            new Target(new Host.Name("db.internal"), 5432));

    @Test
    void aDecisionIsOneLine() {
        var established = new Decision(
                REQUEST,
                List.of(ADDRESS),
                "MagicDNS",
                ADDRESS,
                Route.TAILNET,
                Ruling.NONE,
                null,
                Duration.ZERO,
                Duration.ofMillis(3),
                Duration.ofMillis(12));
        assertThat(Slf4jAuditSink.line(established))
                .isEqualTo("DECISION id=7 protocol=SOCKS5 client=127.0.0.1:40000 target=db.internal:5432"
                        + " addresses=100.64.0.2 answered_by=\"MagicDNS\" address=100.64.0.2 route=TAILNET lookup_ms=3"
                        + " dial_ms=12 outcome=ESTABLISHED");
    }

    @Test
    void theClientsUserIsNamedAndASocketWithoutAddressIsLocal() {
        var request = new ConnectRequest(
                8, ConnectRequest.Protocol.SOCKS5, new DomainSocketAddress(""), "build \"7\"", REQUEST.target());
        var end = new TunnelEnd(TunnelEnd.Cause.FINISHED, 0, 0, "");
        assertThat(Slf4jAuditSink.line(new Closed(request, ADDRESS, Route.TAILNET, end, Duration.ZERO)))
                .startsWith(
                        "CLOSE id=8 protocol=SOCKS5 client=local role=\"build \\\"7\\\"\" target=db.internal:5432 ");
    }

    @Test
    void whatWouldBeDeniedIsToldOfAnEstablishedOne() {
        var reported = new Decision(
                REQUEST,
                List.of(ADDRESS),
                null,
                ADDRESS,
                Route.DIRECT,
                new Ruling("report", "no-social", "db.internal:5432 is denied"),
                null,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO);
        assertThat(Slf4jAuditSink.line(reported))
                .endsWith(" outcome=ESTABLISHED rule=no-social would_deny=\"db.internal:5432 is denied\"");
    }

    @Test
    void wordsOfOthersStayOnTheLine() {
        var refused = new Decision(
                REQUEST,
                List.of(),
                null,
                null,
                null,
                new Ruling("enforce", "loopback", null),
                new ConnectFailure(FailureReason.NOT_ALLOWED, "a \"b\"\nCLOSE id=8"),
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO);
        assertThat(Slf4jAuditSink.line(refused))
                .isEqualTo("DECISION id=7 protocol=SOCKS5 client=127.0.0.1:40000 target=db.internal:5432"
                        + " outcome=NOT_ALLOWED rule=loopback message=\"a \\\"b\\\" CLOSE id=8\"");
    }

    @Test
    void aCloseIsOneLine() {
        var end = new TunnelEnd(TunnelEnd.Cause.RESET, 10, 20, "connection reset");
        assertThat(Slf4jAuditSink.line(new Closed(REQUEST, ADDRESS, Route.SUBNET, end, Duration.ofSeconds(2))))
                .isEqualTo("CLOSE id=7 protocol=SOCKS5 client=127.0.0.1:40000 target=db.internal:5432"
                        + " address=100.64.0.2 route=SUBNET end=RESET up=10 down=20 open_ms=2000"
                        + " detail=\"connection reset\"");
    }

    @Test
    void severalSinksHearTheSame() {
        var heard = new java.util.ArrayList<Object>();
        AuditSink one = new AuditSink() {
            @Override
            public void decided(Decision decision) {
                heard.add(decision);
            }

            @Override
            public void closed(Closed closed) {
                heard.add(closed);
            }
        };
        var closed = new Closed(
                REQUEST, ADDRESS, Route.SUBNET, new TunnelEnd(TunnelEnd.Cause.FINISHED, 0, 0, ""), Duration.ZERO);
        AuditSink.all(one, one).closed(closed);
        assertThat(heard).containsExactly(closed, closed);
    }
}
