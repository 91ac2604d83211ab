package dev.tailnet.agent.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Who the node is on the tailnet.
 *
 * @param credential used only when a login is needed; empty when the stored identity, or a person, has to do
 * @param hostname a DNS label
 * @param loginServer http or https
 * @param tags each with its {@code tag:} prefix
 * @param ephemeral whether the coordinator forgets the node when it stops; always true without a state directory
 * @param stateDir keeps the node's identity across restarts; empty keeps it in memory only
 * @param acceptRoutes whether subnet routes that peers advertise are used
 * @param exitNode name or address of the peer that targets outside the tailnet are reached through
 * @param preferences what else it is to do
 */
public record NodeSettings(
        Optional<Credential> credential,
        String hostname,
        URI loginServer,
        List<String> tags,
        boolean ephemeral,
        Optional<Path> stateDir,
        boolean acceptRoutes,
        Optional<String> exitNode,
        NodePreferences preferences) {

    public NodeSettings {
        tags = List.copyOf(tags);
    }
}
