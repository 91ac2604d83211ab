package dev.tailnet.agent.status;

import dev.tailnet.agent.status.StatusDocument.Peer;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The part of the LocalAPI's {@code ipnstate.Status} that {@code /status} shows.
 *
 * @param dnsName empty before the first login
 * @param health what the health checks complain about
 */
record NodeReport(
        String dnsName,
        List<String> addresses,
        List<String> tags,
        @Nullable Instant keyExpiry,
        @Nullable String derpHome,
        List<Peer> peers,
        List<String> health) {

    /** @throws tools.jackson.core.JacksonException if it is not JSON */
    static NodeReport parse(JsonMapper mapper, byte[] json) {
        JsonNode status = mapper.readTree(json);
        JsonNode self = status.path("Self");
        List<Peer> peers = new ArrayList<>();
        for (JsonNode peer : status.path("Peer")) {
            peers.add(peer(peer));
        }
        peers.sort(Comparator.comparing(Peer::dnsName).thenComparing(Peer::name));
        String relay = self.path("Relay").asString("");
        return new NodeReport(
                withoutTrailingDot(self.path("DNSName").asString("")),
                strings(self.path("TailscaleIPs")),
                strings(self.path("Tags")),
                instant(self.path("KeyExpiry")),
                relay.isEmpty() ? null : relay,
                peers,
                strings(status.path("Health")));
    }

    private static Peer peer(JsonNode peer) {
        String dnsName = withoutTrailingDot(peer.path("DNSName").asString(""));
        int dot = dnsName.indexOf('.');
        boolean online = peer.path("Online").asBoolean(false);
        return new Peer(
                dot > 0 ? dnsName.substring(0, dot) : peer.path("HostName").asString(""),
                dnsName,
                strings(peer.path("TailscaleIPs")),
                online,
                peer.path("OS").asString(""),
                path(peer),
                online ? null : instant(peer.path("LastSeen")),
                peer.path("RxBytes").asLong(0),
                peer.path("TxBytes").asLong(0));
    }

    private static String path(JsonNode peer) {
        String direct = peer.path("CurAddr").asString("");
        if (!direct.isEmpty()) {
            return "direct " + direct;
        }
        String peerRelay = peer.path("PeerRelay").asString("");
        if (!peerRelay.isEmpty()) {
            return "peer relay " + peerRelay;
        }
        String relay = peer.path("Relay").asString("");
        boolean used =
                peer.path("TxBytes").asLong(0) > 0 || peer.path("RxBytes").asLong(0) > 0;
        return used && !relay.isEmpty() ? "derp " + relay : "idle";
    }

    private static List<String> strings(JsonNode array) {
        List<String> strings = new ArrayList<>();
        for (JsonNode element : array) {
            strings.add(element.asString(""));
        }
        return strings;
    }

    /** Go's zero time means that there is none. */
    private static @Nullable Instant instant(JsonNode text) {
        try {
            Instant instant = Instant.parse(text.asString(""));
            return instant.getEpochSecond() < 0 ? null : instant;
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static String withoutTrailingDot(String name) {
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }
}
