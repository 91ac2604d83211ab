package dev.tailnet.agent.check;

import java.util.List;
import java.util.Optional;

/**
 * The agent and its node, from {@code /status}.
 *
 * @param cause what keeps the node from running, as an id; empty when nothing is known to
 * @param name its MagicDNS name, or the name it asks for
 * @param derpHome empty when it has none
 * @param proxies where the agent's proxies listen, {@code host:port} each
 * @param library its version; empty until it is loaded
 * @param warnings what the node's health checks complain about
 */
public record NodeView(
        String state,
        String reason,
        String cause,
        String name,
        List<String> addresses,
        String controlServer,
        String derpHome,
        List<String> proxies,
        List<Peer> peers,
        String agent,
        String library,
        List<String> warnings) {
    static final String RUNNING = "running";

    public NodeView {
        addresses = List.copyOf(addresses);
        proxies = List.copyOf(proxies);
        peers = List.copyOf(peers);
        warnings = List.copyOf(warnings);
    }

    /** Another node. */
    public record Peer(String name, String dnsName, List<String> addresses, boolean online, String lastSeen) {
        public Peer {
            addresses = List.copyOf(addresses);
        }
    }

    boolean isRunning() {
        return state.equals(RUNNING);
    }

    Optional<Peer> peerAt(String address) {
        return peers.stream().filter(peer -> peer.addresses().contains(address)).findFirst();
    }
}
