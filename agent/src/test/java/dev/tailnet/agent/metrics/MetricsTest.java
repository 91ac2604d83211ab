package dev.tailnet.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.audit.AuditCounts;
import dev.tailnet.agent.audit.AuditReport;
import dev.tailnet.agent.audit.InboundDecision;
import dev.tailnet.agent.expose.InboundCounts;
import dev.tailnet.agent.expose.Refusal;
import dev.tailnet.agent.node.NodeState;
import dev.tailnet.agent.node.SelfNode;
import dev.tailnet.proxy.audit.Closed;
import dev.tailnet.proxy.audit.Decision;
import dev.tailnet.proxy.audit.Ruling;
import dev.tailnet.proxy.connection.Counts;
import dev.tailnet.proxy.connection.Rejection;
import dev.tailnet.proxy.datagram.DatagramCounts;
import dev.tailnet.proxy.datagram.DropReason;
import dev.tailnet.proxy.dns.DnsCounts;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.ConnectRequest.Protocol;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.InboundRequest;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.request.Target;
import dev.tailnet.proxy.request.TunnelEnd;
import dev.tailnet.proxy.resolve.CacheCounts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private static final InetAddress ADDRESS = InetAddress.ofLiteral("100.64.0.7");
    private static final ConnectRequest REQUEST = new ConnectRequest(
            1,
            Protocol.SOCKS5,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 40000),
            null,
            new Target(new Host.Address(ADDRESS), 80));

    private NodeState state = new NodeState(NodeState.Kind.STARTING, "starting", NodeState.Outlook.FINE);
    private @Nullable AuditReport audit;
    private @Nullable SelfNode self;
    private final Metrics metrics = new Metrics(new Sources(
            () -> state,
            () -> self,
            () -> new Counts(7, Map.of(Rejection.MAX_CONNECTIONS, 1L), 2, 3, 5, 4),
            () -> new NodeSample(10, 20, 30, 40, 50, 60, 70, 80, 90),
            () -> new InboundCounts(2, 9, Map.of(Refusal.NOT_ALLOWED, 3L)),
            () -> new CacheCounts(11, 12, 13, 14),
            () -> new DnsCounts(15, 16, 17, 18),
            () -> new DatagramCounts(1, 2, 3, 4, 5, 6, Map.of(DropReason.QUEUE_FULL, 7L)),
            () -> audit));

    @Test
    void countsWhatHappensBeforeAndAfterTheMetersAreMade() {
        metrics.decided(decision(Route.TAILNET, null));
        metrics.prepare();
        metrics.decided(decision(Route.TAILNET, null));

        assertThat(metrics.scrape())
                .contains(
                        "tailnet_connections_total{outcome=\"established\",protocol=\"socks5\"} 2.0",
                        "tailnet_dials_total{outcome=\"established\",route=\"tailnet\"} 2.0");
    }

    @Test
    void countsDialsByRouteAndReason() {
        metrics.decided(decision(Route.SUBNET, FailureReason.CONNECTION_REFUSED));

        assertThat(metrics.scrape())
                .contains(
                        "tailnet_connections_total{outcome=\"connection_refused\",protocol=\"socks5\"} 1.0",
                        "tailnet_dials_total{outcome=\"connection_refused\",route=\"subnet\"} 1.0");
    }

    @Test
    void doesNotCallARefusalByPolicyADial() {
        metrics.decided(decision(null, FailureReason.NOT_ALLOWED));

        assertThat(metrics.scrape().lines().filter(line -> line.startsWith("tailnet_dials_total")))
                .allMatch(line -> line.endsWith(" 0.0"));
    }

    @Test
    void doesNotCountAReusedConnectionAsADial() {
        metrics.decided(new Decision(
                REQUEST,
                List.of(ADDRESS),
                null,
                ADDRESS,
                Route.TAILNET,
                Ruling.NONE,
                null,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO));

        assertThat(metrics.scrape())
                .contains(
                        "tailnet_connections_total{outcome=\"established\",protocol=\"socks5\"} 1.0",
                        "tailnet_dials_total{outcome=\"established\",route=\"tailnet\"} 0.0");
    }

    @Test
    void hasAHistogramOfDialTimes() {
        metrics.decided(decision(Route.DIRECT, null));

        assertThat(metrics.scrape())
                .contains(
                        "tailnet_dial_seconds_bucket{route=\"direct\",le=\"0.025\"} 1",
                        "tailnet_dial_seconds_bucket{route=\"direct\",le=\"0.01\"} 0",
                        "tailnet_dial_seconds_count{route=\"direct\"} 1");
    }

    @Test
    void countsHowTunnelsEnd() {
        metrics.closed(new Closed(
                REQUEST,
                ADDRESS,
                Route.TAILNET,
                new TunnelEnd(TunnelEnd.Cause.RESET, 1, 2, ""),
                Duration.ofSeconds(1)));

        assertThat(metrics.scrape()).contains("tailnet_tunnels_closed_total{cause=\"reset\"} 1.0");
    }

    @Test
    void samplesTheRestAtEachScrape() {
        assertThat(metrics.scrape())
                .contains(
                        "tailnet_node_state{state=\"starting\"} 1.0",
                        "tailnet_node_state{state=\"running\"} 0.0",
                        "tailnet_connections_accepted_total 7.0",
                        "tailnet_connections_rejected_total{reason=\"max_connections\"} 1.0",
                        "tailnet_connections_rejected_total{reason=\"authentication\"} 0.0",
                        "tailnet_bytes_total{direction=\"up\"} 10.0",
                        "tailnet_go_goroutines 50.0",
                        "tailnet_names_lookups_total{result=\"hit\"} 11.0",
                        "tailnet_names_lookups_total{result=\"joined\"} 12.0",
                        "tailnet_names_lookups_total{result=\"miss\"} 13.0",
                        "tailnet_names_cached 14.0",
                        "tailnet_dns_queries_total{result=\"answered\"} 15.0",
                        "tailnet_dns_queries_total{result=\"malformed\"} 18.0",
                        "tailnet_inbound_open 2.0",
                        "tailnet_inbound_connections_total{outcome=\"established\"} 9.0",
                        "tailnet_inbound_connections_total{outcome=\"not_allowed\"} 3.0",
                        "tailnet_inbound_connections_total{outcome=\"connection_refused\"} 0.0",
                        "tailnet_inbound_bytes_total{direction=\"up\"} 60.0",
                        "tailnet_inbound_bytes_total{direction=\"down\"} 70.0",
                        "process_resident_memory_bytes");

        state = new NodeState(NodeState.Kind.RUNNING, "", NodeState.Outlook.FINE);

        assertThat(metrics.scrape()).contains("tailnet_node_state{state=\"running\"} 1.0");
    }

    @Test
    void tellsWhenTheNodesKeyExpires() {
        assertThat(metrics.scrape()).contains("tailnet_node_key_expiry_timestamp_seconds NaN");

        self = new SelfNode("box.tailnet.test", List.of(), Instant.ofEpochSecond(1_900_000_000));

        assertThat(metrics.scrape()).contains("tailnet_node_key_expiry_timestamp_seconds 1.9E9");
    }

    @Test
    void samplesDatagrams() {
        assertThat(metrics.scrape())
                .contains(
                        "tailnet_udp_associations 1.0",
                        "tailnet_udp_flows 2.0",
                        "tailnet_udp_datagrams_total{direction=\"up\"} 3.0",
                        "tailnet_udp_bytes_total{direction=\"up\"} 4.0",
                        "tailnet_udp_datagrams_total{direction=\"down\"} 5.0",
                        "tailnet_udp_bytes_total{direction=\"down\"} 6.0",
                        "tailnet_udp_dropped_total{reason=\"network\"} 80.0",
                        "tailnet_udp_dropped_total{reason=\"queue_full\"} 97.0",
                        "tailnet_udp_dropped_total{reason=\"malformed\"} 0.0");
    }

    @Test
    void saysHowTheAuditFares() {
        assertThat(metrics.scrape())
                .contains("tailnet_audit_lines_total{result=\"written\"} 0.0", "tailnet_audit_broken 0.0");

        audit = new AuditReport("stdout", false, new AuditCounts(5, 6, 7, "no space left"));

        assertThat(metrics.scrape())
                .contains(
                        "tailnet_audit_lines_total{result=\"written\"} 5.0",
                        "tailnet_audit_lines_total{result=\"lost\"} 6.0",
                        "tailnet_audit_waiting 7.0",
                        "tailnet_audit_broken 1.0");
    }

    @Test
    void countsDecisionsByRuleUpToSoManyRules() {
        for (int i = 0; i < 300; i++) {
            metrics.decided(refused("rule-" + i));
        }
        metrics.decided(refused("rule-7"));

        assertThat(metrics.scrape())
                .contains(
                        "tailnet_policy_decisions_total{decision=\"deny\",direction=\"outbound\",rule=\"rule-7\"} 2.0",
                        "tailnet_policy_decisions_total{decision=\"deny\",direction=\"outbound\",rule=\"rule-199\"} 1.0",
                        "tailnet_policy_decisions_total{decision=\"deny\",direction=\"outbound\",rule=\"(others)\"} 100.0");
    }

    @Test
    void countsWhatComesInByItsOwnRules() {
        var peer = new InetSocketAddress("100.64.0.9", 50_000);
        var request = new InboundRequest(false, peer, "web.tailnet.test", List.of(), peer);
        metrics.decided(refused("ssh"));
        metrics.decided(new InboundDecision(1, request, null, new Ruling("enforce", "ssh", null), null));
        metrics.decided(new InboundDecision(
                2,
                request,
                null,
                new Ruling("enforce", "ssh", null),
                new ConnectFailure(FailureReason.NOT_ALLOWED, "words")));

        assertThat(metrics.scrape())
                .contains(
                        "tailnet_policy_decisions_total{decision=\"deny\",direction=\"outbound\",rule=\"ssh\"} 1.0",
                        "tailnet_policy_decisions_total{decision=\"allow\",direction=\"inbound\",rule=\"ssh\"} 1.0",
                        "tailnet_policy_decisions_total{decision=\"deny\",direction=\"inbound\",rule=\"ssh\"} 1.0");
    }

    private static Decision refused(String rule) {
        return new Decision(
                REQUEST,
                List.of(),
                null,
                null,
                null,
                new Ruling("enforce", rule, null),
                new ConnectFailure(FailureReason.NOT_ALLOWED, "words"),
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO);
    }

    private static Decision decision(@Nullable Route route, @Nullable FailureReason reason) {
        return new Decision(
                REQUEST,
                List.of(ADDRESS),
                null,
                route == null ? null : ADDRESS,
                route,
                Ruling.NONE,
                reason == null ? null : new ConnectFailure(reason, "words"),
                Duration.ZERO,
                Duration.ZERO,
                Duration.ofMillis(20));
    }
}
