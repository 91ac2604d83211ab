package dev.tailnet.agent.config;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the node does on its tailnet, beside who it is.
 *
 * @param acceptDns whether the tailnet's DNS settings are used
 * @param advertiseRoutes networks in CIDR notation that the tailnet may reach through the node
 * @param shieldsUp whether what comes unasked is dropped; empty as long as nothing is exposed or advertised
 * @param port of WireGuard; 0 for any
 * @param unsaid settings of the node that no source gave: for them the stored preferences hold
 * @param resetState whether the state file is moved aside before the start
 * @param id a short id of this sandbox, if the host name has it in it
 */
public record NodePreferences(
        boolean acceptDns,
        List<String> advertiseRoutes,
        Optional<Boolean> shieldsUp,
        int port,
        Set<Setting> unsaid,
        boolean resetState,
        Optional<String> id) {

    /** All by default. */
    public static final NodePreferences DEFAULT =
            new NodePreferences(true, List.of(), Optional.empty(), 0, Set.of(), false, Optional.empty());

    public NodePreferences {
        advertiseRoutes = List.copyOf(advertiseRoutes);
        unsaid = Set.copyOf(unsaid);
    }
}
