package dev.tailnet.agent.node;

import dev.tailnet.agent.config.AuthKey;
import dev.tailnet.agent.config.NodeSettings;
import java.net.URI;
import java.util.Optional;

/**
 * How the node means to log in: what the words for its failure need to know.
 *
 * @param keySource where the auth key came from, in words; empty without a key
 */
record Login(URI server, Optional<String> keySource) {

    static Login of(NodeSettings settings) {
        return new Login(settings.loginServer(), settings.authKey().map(AuthKey::source));
    }
}
