package dev.tailnet.agent.cli;

import java.net.InetAddress;
import java.util.List;

/** The peer that {@code --exit-node} names: by address, by its short name or its full one. */
final class ExitNodeChoice {
    private ExitNodeChoice() {}

    /**
     * Its address.
     *
     * @param status the {@code ipnstate.Status} with peers
     * @throws IllegalArgumentException if there is no such exit node
     */
    static String address(String wanted, Json status) {
        if (isAddress(wanted)) {
            check(wanted, status);
            return wanted;
        }
        var suffix = status.text("MagicDNSSuffix").orElse("");
        var peers = status.object("Peer").values().stream()
                .filter(peer -> PeerNames.isCalled(peer, suffix, wanted))
                .toList();
        if (peers.isEmpty()) {
            throw new IllegalArgumentException("--exit-node: there is no peer named '" + wanted
                    + (status.object("Peer").values().isEmpty()
                            ? "' as long as the node is not connected: use the peer's address"
                            : "'; 'tailnet-agent status --peers' lists them"));
        }
        if (peers.size() > 1) {
            throw new IllegalArgumentException(
                    "--exit-node: several peers are named '" + wanted + "': use the peer's address");
        }
        return checked(peers.getFirst(), wanted);
    }

    private static boolean isAddress(String text) {
        try {
            return !InetAddress.ofLiteral(text).isAnyLocalAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static void check(String address, Json status) {
        if (status.object("Self").texts("TailscaleIPs").contains(address)) {
            throw new IllegalArgumentException(
                    "--exit-node: " + address + " is this node itself; --advertise-exit-node offers it to others");
        }
        if (status.text("BackendState").filter("Running"::equals).isEmpty()) {
            return;
        }
        List<Json> peers = status.object("Peer").values().stream()
                .filter(peer -> peer.texts("TailscaleIPs").contains(address))
                .toList();
        if (peers.isEmpty()) {
            throw new IllegalArgumentException("--exit-node: no peer has the address " + address);
        }
        String unused = checked(peers.getFirst(), address);
    }

    private static String checked(Json peer, String wanted) {
        if (!peer.isTrue("ExitNodeOption")) {
            throw new IllegalArgumentException("--exit-node: " + wanted + " offers no exit to the internet, or the"
                    + " tailnet's administrator has not approved it");
        }
        return peer.texts("TailscaleIPs").stream()
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("--exit-node: " + wanted + " has no address"));
    }
}
