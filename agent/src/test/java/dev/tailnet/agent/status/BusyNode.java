package dev.tailnet.agent.status;

import dev.tailnet.agent.observe.Decisions;
import dev.tailnet.agent.observe.LiveConnection;
import dev.tailnet.agent.observe.LiveConnections;
import dev.tailnet.agent.observe.LogLine;
import dev.tailnet.agent.observe.Throughput;
import dev.tailnet.proxy.request.FailureReason;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What the page shows of a node that has something to do. */
final class BusyNode {
    private BusyNode() {}

    /** Gives an endpoint's agent some connections, refusals, lines of the log, and peers. */
    static void behind(FakeStatusServer server) {
        server.nodeStatus = status(5);
        List<LiveConnection> open = List.of(
                connection(1, "artifacts.internal.example.com:443", "subnet", 734_003_200),
                connection(2, "grafana:80", "tailnet", 8_812_331),
                connection(3, "packages.example.com:443", "direct", 1_932_735),
                connection(4, "db-primary.internal.example.com:5432", "subnet", 421_888),
                connection(5, "[fd7a:115c:a1e0::7]:22", "tailnet", 18_042),
                new LiveConnection(
                        "in-6",
                        "tcp",
                        "100.64.0.9:51544",
                        "worker-3",
                        ":8765",
                        "127.0.0.1:9000",
                        "inbound",
                        7260,
                        912,
                        4_411),
                new LiveConnection(
                        "7", "http", "127.0.0.1:40007", null, "api.github.com:80", null, "direct", 0, -1, -1));
        server.agent.connections = most -> new LiveConnections.Shown(open.size(), open);
        long now = System.currentTimeMillis();
        long up = 0;
        long down = 0;
        for (int i = 110; i >= 0; i--) {
            double wave = 1 + Math.sin(i / 9.0) + (i % 37 == 0 ? 3 : 0);
            down += (long) (wave * 6_000_000);
            up += (long) ((2 + Math.cos(i / 5.0)) * 900_000);
            server.agent.observed.throughput().add(new Throughput(Instant.ofEpochMilli(now - i * 5000L), up, down));
        }
        for (int i = 0; i < 3; i++) {
            server.agent.refused.decided(Decisions.failed(
                    "ci", "tracker.example", FailureReason.NOT_ALLOWED, "tracker.example:443 is on the block list"));
        }
        server.agent.refused.decided(Decisions.failed(
                9,
                "metadata.google.internal",
                FailureReason.NOT_ALLOWED,
                "169.254.169.254 is a cloud metadata address"));
        server.agent.refused.decided(Decisions.failed(
                10,
                "db.internal",
                FailureReason.CONNECTION_REFUSED,
                "db.internal (10.1.2.3) port 443 refused the connection"));
        server.agent.log.add(new LogLine(Instant.now(), "info", "Listening on 127.0.0.1:1055 (mixed)"));
        server.agent.log.add(new LogLine(Instant.now(), "info", "The node is running as build-7 (100.64.0.2)"));
        server.agent.log.add(new LogLine(
                Instant.now(), "warn", "The key of this node expires in 3 days: log in again before, or tag the node"));
        server.agent.log.add(
                new LogLine(
                        Instant.now(),
                        "info",
                        "DECISION id=9 protocol=SOCKS5 client=127.0.0.1:40000 target=metadata.google.internal:80 outcome=NOT_ALLOWED"));
        server.agent.log.add(
                new LogLine(Instant.now(), "error", "The control server cannot be reached: connection refused"));
    }

    static LiveConnection connection(int id, String target, String route, long bytes) {
        @Nullable
        String address = target.startsWith("[") || Character.isDigit(target.charAt(0)) ? null : "10.1.2." + id;
        return new LiveConnection(
                String.valueOf(id),
                id % 2 == 0 ? "http-connect" : "socks5",
                "127.0.0.1:" + (40_000 + id),
                id % 3 == 0 ? "ci" : null,
                target,
                address,
                route,
                id * 97L,
                bytes / 40,
                bytes);
    }

    /** As the LocalAPI has it. */
    static String status(int peers) {
        String list = IntStream.range(0, peers)
                .mapToObj(i -> """
                        "key%04d": {"DNSName": "peer-%04d.tail1234.ts.net.", "HostName": "peer-%04d", "OS": "linux",
                          "TailscaleIPs": ["100.64.%d.%d"], "Online": %s, "CurAddr": "%s", "Relay": "%s",
                          "RxBytes": %d, "TxBytes": %d, "LastSeen": "2026-01-01T00:00:00Z"}""".formatted(
                                i,
                                i,
                                i,
                                1 + i / 250,
                                1 + i % 250,
                                i % 5 != 4,
                                i % 3 == 0 ? "192.0.2.10:41641" : "",
                                "fra",
                                i % 3 == 2 ? 0 : 4_000_000L + i,
                                i % 3 == 2 ? 0 : 90_000L + i))
                .collect(Collectors.joining(",\n"));
        return """
                {"Self": {"DNSName": "build-7.tail1234.ts.net.", "TailscaleIPs": ["100.64.0.2", "fd7a:115c:a1e0::2"],
                  "Tags": ["tag:ci"], "KeyExpiry": "2027-05-01T00:00:00Z", "Relay": "fra"},
                 "Peer": {%s}, "Health": []}""".formatted(list);
    }
}
