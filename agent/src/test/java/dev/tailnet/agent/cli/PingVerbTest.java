package dev.tailnet.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PingVerbTest {
    private static final String PONG = "\"NodeName\":\"db\",\"NodeIP\":\"100.64.0.2\",\"LatencySeconds\":0.0123";

    private static String line(String more, String type) throws ControlException {
        return PingVerb.line(Json.parse("{" + PONG + more + "}"), type);
    }

    @Test
    void aPongIsWhatTailscalePrints() throws Exception {
        assertThat(line(",\"Endpoint\":\"192.0.2.1:41641\"", "disco"))
                .isEqualTo("pong from db (100.64.0.2) via 192.0.2.1:41641 in 12ms");
        assertThat(line(",\"DERPRegionID\":4,\"DERPRegionCode\":\"fra\"", "disco"))
                .isEqualTo("pong from db (100.64.0.2) via DERP(fra) in 12ms");
        assertThat(line(",\"PeerRelay\":\"192.0.2.1:7:vni:1\"", "disco"))
                .isEqualTo("pong from db (100.64.0.2) via peer-relay(192.0.2.1:7:vni:1) in 12ms");
        assertThat(line(",\"PeerAPIPort\":80", "TSMP")).isEqualTo("pong from db (100.64.0.2, 80) via TSMP in 12ms");
        assertThat(line(",\"PeerAPIURL\":\"http://x\"", "peerapi"))
                .isEqualTo("hit peerapi of 100.64.0.2 (db) at http://x in 12ms");
    }
}
