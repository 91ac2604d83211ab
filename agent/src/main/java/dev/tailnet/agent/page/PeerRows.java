package dev.tailnet.agent.page;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Takes the peers of a status document together to what a page can show, and knows the round trips of those in use. */
final class PeerRows {
    private static final int MOST = 100;
    private static final int MOST_MEASURED = 256;

    private static final Comparator<JsonNode> USED_FIRST = Comparator.<JsonNode, Boolean>comparing(
                    peer -> peer.path("path").asString("").equals("idle"))
            .thenComparing(peer -> !peer.path("online").asBoolean(false))
            .thenComparing(peer -> peer.path("name").asString(""));

    private final Map<String, Double> latencies = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Double> eldest) {
            return size() > MOST_MEASURED;
        }
    };
    private Map<String, Long> bytesBefore = Map.of();

    /** Replaces the peers by the first so many, those in use before the others, and adds how many there are. */
    void bound(ObjectNode status) {
        List<JsonNode> peers = list(status);
        ObjectNode counts = status.putObject("peerCounts");
        counts.put("all", peers.size());
        counts.put(
                "online",
                peers.stream()
                        .filter(peer -> peer.path("online").asBoolean(false))
                        .count());
        ArrayNode shown = status.putArray("peers");
        peers.stream().sorted(USED_FIRST).limit(MOST).forEach(peer -> {
            Double latency = latencies.get(address(peer));
            if (latency != null && peer instanceof ObjectNode row) {
                row.put("latencyMillis", latency);
            }
            shown.add(peer);
        });
    }

    /** The addresses of peers that have sent or received something since this was asked before. */
    List<String> used(ObjectNode status, int most) {
        Map<String, Long> bytes = new HashMap<>();
        for (JsonNode peer : list(status)) {
            long moved = peer.path("rxBytes").asLong(0) + peer.path("txBytes").asLong(0);
            if (moved > 0) {
                bytes.put(address(peer), moved);
            }
        }
        Map<String, Long> before = bytesBefore;
        bytesBefore = bytes;
        return bytes.entrySet().stream()
                .filter(peer -> !peer.getValue().equals(before.get(peer.getKey())))
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .map(Map.Entry::getKey)
                .filter(address -> !address.isEmpty())
                .limit(most)
                .toList();
    }

    void measured(String address, double milliseconds) {
        latencies.put(address, milliseconds);
    }

    private static List<JsonNode> list(ObjectNode status) {
        return StreamSupport.stream(status.path("peers").spliterator(), false).toList();
    }

    private static String address(JsonNode peer) {
        return peer.path("addresses").path(0).asString("");
    }
}
