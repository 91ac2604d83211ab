package dev.tailnet.agent.cli;

import dev.tailnet.agent.cli.text.Columns;
import java.math.BigInteger;
import java.net.InetAddress;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/** The {@code ipnstate.Status} in the columns of {@code tailscale status}, which scripts read. */
final class TailscaleStatusText {
    private final Json status;
    private final Clock clock;

    TailscaleStatusText(Json status, Clock clock) {
        this.status = status;
        this.clock = clock;
    }

    String print(boolean withHeader, boolean withSelf, boolean withPeers, boolean onlyActive) {
        var columns = new Columns();
        if (withHeader) {
            columns.row("IP", "Hostname", "Owner", "OS", "Status");
            columns.row("--", "--------", "-----", "--", "------");
        }
        if (withSelf && status.has("Self")) {
            row(columns, status.object("Self"));
        }
        if (withPeers) {
            peers().stream()
                    .filter(peer -> !onlyActive || peer.isTrue("Active"))
                    .forEach(peer -> row(columns, peer));
        }
        return columns.padded() + health();
    }

    private List<Json> peers() {
        return status.object("Peer").values().stream()
                .filter(peer -> !peer.isTrue("ShareeNode"))
                .sorted(Comparator.<Json, String>comparing(
                                peer -> peer.text("DNSName").orElse(""))
                        .thenComparing(peer -> peer.text("HostName").orElse(""))
                        .thenComparing(TailscaleStatusText::address))
                .toList();
    }

    private static BigInteger address(Json peer) {
        return peer.texts("TailscaleIPs").stream()
                .findFirst()
                .map(text -> new BigInteger(1, InetAddress.ofLiteral(text).getAddress()))
                .orElse(BigInteger.ZERO);
    }

    private void row(Columns columns, Json node) {
        columns.row(
                node.texts("TailscaleIPs").stream().findFirst().orElse(""),
                PeerNames.shortName(node, status.text("MagicDNSSuffix").orElse("")),
                owner(node),
                node.text("OS").orElse(""),
                state(node));
    }

    private String owner(Json node) {
        var id = node.text("AltSharerUserID").or(() -> node.text("UserID")).orElse("0");
        if (id.equals("0")) {
            return "-";
        }
        var login = status.object("User").object(id).text("LoginName").orElse(id);
        return login.indexOf('@') < 0 ? login : login.substring(0, login.indexOf('@') + 1);
    }

    private String state(Json node) {
        var traffic = node.number("TxBytes") != 0 || node.number("RxBytes") != 0;
        var seen = node.isTrue("Online") ? "" : lastSeen(node);
        var text = node.isTrue("Active") ? active(node, seen) : idle(node, traffic, seen);
        return traffic ? text + ", tx " + node.number("TxBytes") + " rx " + node.number("RxBytes") : text;
    }

    private static String active(Json node, String seen) {
        var exit = node.isTrue("ExitNode") ? "exit node; " : node.isTrue("ExitNodeOption") ? "offers exit node; " : "";
        var path = node.text("CurAddr")
                .map(address -> "direct " + address)
                .or(() -> node.text("PeerRelay").map(relay -> "peer-relay " + relay))
                .or(() -> node.text("Relay").map(relay -> "relay \"" + relay + "\""))
                .orElse("");
        return "active; " + exit + path + (node.isTrue("Online") ? "" : "; offline" + seen);
    }

    private static String idle(Json node, boolean traffic, String seen) {
        var offline = node.isTrue("Online") ? "" : "; offline" + seen;
        if (node.isTrue("ExitNode")) {
            return "idle; exit node" + offline;
        }
        if (node.isTrue("ExitNodeOption")) {
            return "idle; offers exit node" + offline;
        }
        if (traffic) {
            return "idle" + offline;
        }
        return node.isTrue("Online") ? "-" : "offline" + seen;
    }

    private String lastSeen(Json node) {
        Instant seen;
        try {
            seen = Instant.parse(node.text("LastSeen").orElse(""));
        } catch (DateTimeException e) {
            return "";
        }
        if (seen.getEpochSecond() <= 0) {
            return ""; // Go's zero time
        }
        var ago = Duration.between(seen, clock.instant());
        if (ago.toHours() < 1) {
            return ", last seen " + Math.max(1, ago.toMinutes()) + "m ago";
        }
        return ago.toHours() < 24
                ? ", last seen " + ago.toHours() + "h ago"
                : ", last seen " + ago.toHours() / 24 + "d ago";
    }

    private String health() {
        var complaints = status.texts("Health");
        if (complaints.isEmpty()) {
            return "";
        }
        var text = new StringBuilder("\n# Health check:\n");
        complaints.forEach(
                complaint -> text.append("#     - ").append(complaint).append('\n'));
        return text.toString();
    }
}
