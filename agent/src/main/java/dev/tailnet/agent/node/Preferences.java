package dev.tailnet.agent.node;

import java.util.List;

/**
 * What the node is set to do at the moment, by the settings of its start and by whoever changed it since
 * ({@code tailnet-agent set}, {@code tailscale set}).
 *
 * @param wantRunning false after {@code down}
 * @param loggedOut true after {@code logout}
 * @param controlUrl empty for Tailscale's own
 * @param hostname the name it asks for
 * @param exitNode the stable id, or while it is unknown the address, of the peer that targets outside the tailnet are reached
 *     through; empty for none
 */
public record Preferences(
        boolean wantRunning,
        boolean loggedOut,
        String controlUrl,
        String hostname,
        boolean acceptRoutes,
        boolean acceptDns,
        boolean shieldsUp,
        List<String> advertiseRoutes,
        List<String> advertiseTags,
        String exitNode) {

    public Preferences {
        advertiseRoutes = List.copyOf(advertiseRoutes);
        advertiseTags = List.copyOf(advertiseTags);
    }
}
