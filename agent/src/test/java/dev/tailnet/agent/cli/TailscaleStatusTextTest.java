package dev.tailnet.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class TailscaleStatusTextTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-05-01T12:00:00Z"), ZoneOffset.UTC);

    private static final String STATUS = """
            {"BackendState":"Running","MagicDNSSuffix":"tail.example",
             "Self":{"DNSName":"box.tail.example.","TailscaleIPs":["100.64.0.1"],"UserID":1,"OS":"linux","Online":true,
              "TxBytes":0,"RxBytes":0},
             "User":{"1":{"LoginName":"alice@example.com"},"2":{"LoginName":"tagged-devices"}},
             "Health":["no DNS"],
             "Peer":{
              "k1":{"DNSName":"web.tail.example.","TailscaleIPs":["100.64.0.3"],"UserID":2,"OS":"linux","Online":true,
               "Active":true,"CurAddr":"192.0.2.1:41641","TxBytes":10,"RxBytes":20},
              "k2":{"DNSName":"db.tail.example.","TailscaleIPs":["100.64.0.2"],"UserID":0,"OS":"linux","Online":false,
               "LastSeen":"2026-05-01T09:00:00Z","TxBytes":0,"RxBytes":0},
              "k3":{"DNSName":"exit.tail.example.","TailscaleIPs":["100.64.0.4"],"UserID":9,"OS":"linux","Online":true,
               "ExitNodeOption":true,"Active":true,"Relay":"fra","TxBytes":1,"RxBytes":1},
              "k4":{"HostName":"My Box","TailscaleIPs":["100.64.0.5"],"UserID":2,"OS":"","Online":true,"ShareeNode":true}
             }}
            """;

    private static String print(boolean header, boolean self, boolean peers, boolean active) throws ControlException {
        return new TailscaleStatusText(Json.parse(STATUS), CLOCK).print(header, self, peers, active);
    }

    @Test
    void isWhatTailscalePrints() throws Exception {
        assertThat(print(false, true, true, false).replaceAll(" +\n", "\n")).isEqualTo("""
                        100.64.0.1  box   alice@          linux  -
                        100.64.0.2  db    -               linux  offline, last seen 3h ago
                        100.64.0.4  exit  9               linux  active; offers exit node; relay "fra", tx 1 rx 1
                        100.64.0.3  web   tagged-devices  linux  active; direct 192.0.2.1:41641, tx 10 rx 20

                        # Health check:
                        #     - no DNS
                        """);
    }

    @Test
    void rowsAreChosen() throws Exception {
        assertThat(print(true, false, true, true))
                .startsWith("IP          Hostname  Owner           OS     Status")
                .contains("exit", "web")
                .doesNotContain("box", "db ");
        assertThat(print(false, true, false, false)).contains("box").doesNotContain("web");
    }

    @Test
    void nodesThatAreNotUpHaveAReason() throws Exception {
        assertThat(NodeStates.whyNotUp(Json.parse(STATUS))).isEmpty();
        assertThat(NodeStates.whyNotUp(Json.parse("{\"BackendState\":\"Stopped\"}")))
                .hasValue("Tailscale is stopped.");
        assertThat(NodeStates.whyNotUp(Json.parse("{\"BackendState\":\"NeedsLogin\",\"AuthURL\":\"http://x\"}")))
                .hasValue("Logged out.\nLog in at: http://x");
    }
}
