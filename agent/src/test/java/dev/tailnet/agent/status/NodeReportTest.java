package dev.tailnet.agent.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.status.StatusDocument.Peer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class NodeReportTest {
    private static final JsonMapper MAPPER = JsonMapper.shared();

    /** The recording is a LocalAPI's answer on a tailnet of two. */
    @Test
    void readsARecordedStatus() throws IOException {
        NodeReport report = NodeReport.parse(MAPPER, recording());

        assertThat(report.dnsName()).isEqualTo("capnode-1.tailnet.test");
        assertThat(report.addresses()).containsExactly("100.64.0.2", "fd7a:115c:a1e0::2");
        assertThat(report.derpHome()).isEqualTo("test");
        assertThat(report.keyExpiry()).isNull();
        assertThat(report.health()).isEmpty();
        assertThat(report.peers())
                .containsExactly(new Peer(
                        "capnode",
                        "capnode.tailnet.test",
                        List.of("100.64.0.1", "fd7a:115c:a1e0::1"),
                        true,
                        "linux",
                        "idle",
                        null,
                        0,
                        0));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "CurAddr":"10.0.0.1:41641","Relay":"fra","TxBytes":10 | direct 10.0.0.1:41641
            "CurAddr":"","Relay":"fra","TxBytes":10               | derp fra
            "CurAddr":"","Relay":"fra","TxBytes":0,"RxBytes":0    | idle
            "CurAddr":"","PeerRelay":"10.0.0.2:40000:vni:7","Relay":"fra" | peer relay 10.0.0.2:40000:vni:7
            """)
    void tellsThePathToAPeer(String fields, String path) {
        assertThat(peer(fields).path()).isEqualTo(path);
    }

    @Test
    void tellsWhenAPeerThatIsAwayWasLastSeen() {
        assertThat(peer("\"Online\":false,\"LastSeen\":\"2026-11-22T10:00:00Z\"")
                        .lastSeen())
                .isEqualTo(Instant.parse("2026-11-22T10:00:00Z"));
        assertThat(peer("\"Online\":false,\"LastSeen\":\"0001-01-01T00:00:00Z\"")
                        .lastSeen())
                .isNull();
        assertThat(peer("\"Online\":true,\"LastSeen\":\"2026-11-22T10:00:00Z\"").lastSeen())
                .isNull();
    }

    private static Peer peer(String fields) {
        String json = "{\"Self\":{},\"Peer\":{\"nodekey:1\":{\"DNSName\":\"a.b.\"," + fields + "}}}";
        return NodeReport.parse(MAPPER, json.getBytes(StandardCharsets.UTF_8))
                .peers()
                .getFirst();
    }

    private static byte[] recording() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(NodeReportTest.class.getResourceAsStream("/localapi/status.json"))) {
            return in.readAllBytes();
        }
    }
}
