package dev.tailnet.agent.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class PeerRowsTest {
    private final PeerRows rows = new PeerRows();

    @Test
    void showsThoseInUseThenThoseOnlineAndCountsAll() {
        ObjectNode status = status();
        for (int i = 0; i < 2000; i++) {
            add(status, "p" + i, "100.64.1." + i, i % 2 == 0, "idle", 0);
        }
        add(status, "away", "100.64.2.1", false, "direct 192.0.2.1:41641", 5);

        rows.bound(status);

        assertThat(status.path("peers")).hasSize(100);
        assertThat(status.path("peers").path(0).path("name").asString()).isEqualTo("away");
        assertThat(StreamSupport.stream(status.path("peers").spliterator(), false)
                        .skip(1))
                .allMatch(peer -> peer.path("online").asBoolean());
        assertThat(status.path("peerCounts")).hasToString("{\"all\":2001,\"online\":1000}");
    }

    @Test
    void thoseThatMovedSomethingSinceAreInUse() {
        ObjectNode first = status();
        add(first, "busy", "100.64.0.1", true, "derp nyc", 5);
        add(first, "calm", "100.64.0.2", true, "derp nyc", 9);
        add(first, "idle", "100.64.0.3", true, "idle", 0);
        assertThat(rows.used(first, 4)).containsExactly("100.64.0.2", "100.64.0.1");

        ObjectNode second = status();
        add(second, "busy", "100.64.0.1", true, "derp nyc", 6);
        add(second, "calm", "100.64.0.2", true, "derp nyc", 9);
        assertThat(rows.used(second, 4)).containsExactly("100.64.0.1");
    }

    @Test
    void aRoundTripThatWasMeasuredIsShown() {
        rows.measured("100.64.0.1", 1.25);
        ObjectNode status = status();
        add(status, "near", "100.64.0.1", true, "direct 192.0.2.1:41641", 5);

        rows.bound(status);

        assertThat(status.path("peers").path(0).path("latencyMillis").asDouble())
                .isEqualTo(1.25);
    }

    private static ObjectNode status() {
        ObjectNode status = JsonMapper.shared().createObjectNode();
        status.putArray("peers");
        return status;
    }

    private static void add(ObjectNode status, String name, String address, boolean online, String path, long bytes) {
        ObjectNode peer = ((ArrayNode) status.path("peers")).addObject();
        peer.put("name", name).put("online", online).put("path", path).put("rxBytes", bytes);
        peer.putArray("addresses").add(address);
    }
}
