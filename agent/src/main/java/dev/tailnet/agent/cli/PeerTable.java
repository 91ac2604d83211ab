package dev.tailnet.agent.cli;

import dev.tailnet.agent.cli.text.Columns;
import java.util.List;

/** The peers of {@code /status}, a line each. */
final class PeerTable {
    private static final String NONE = "-";

    private PeerTable() {}

    static String print(List<Json> peers, boolean isVerbose) {
        var columns = new Columns();
        if (isVerbose) {
            columns.row("PEER", "ADDRESSES", "OS", "ONLINE", "RECEIVED", "SENT", "PATH");
        } else {
            columns.row("PEER", "ADDRESS", "ONLINE", "PATH");
        }
        for (var peer : peers) {
            if (isVerbose) {
                columns.row(
                        peer.text("dnsName").or(() -> peer.text("name")).orElse(NONE),
                        String.join(",", peer.texts("addresses")),
                        peer.text("os").orElse(NONE),
                        online(peer),
                        StatusText.bytes(peer, "rxBytes"),
                        StatusText.bytes(peer, "txBytes"),
                        peer.text("path").orElse(NONE));
            } else {
                columns.row(
                        peer.text("name").orElse(NONE),
                        peer.texts("addresses").stream().findFirst().orElse(NONE),
                        online(peer),
                        peer.text("path").orElse(NONE));
            }
        }
        return columns.toString();
    }

    private static String online(Json peer) {
        if (peer.isTrue("online")) {
            return "yes";
        }
        return peer.text("lastSeen").map(seen -> "no, seen " + seen).orElse("no");
    }
}
