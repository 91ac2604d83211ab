package dev.tailnet.agent.node;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the control server says about this node.
 *
 * @param name the MagicDNS name, without the trailing dot
 * @param addresses without prefix lengths
 * @param keyExpiry null when the node's key does not expire
 */
public record SelfNode(
        String name, List<String> addresses, @Nullable Instant keyExpiry) {
    public SelfNode {
        addresses = List.copyOf(addresses);
    }

    /** The first label of the name: what the control server made of the host name, with -1 behind it if that was taken. */
    public String label() {
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }
}
