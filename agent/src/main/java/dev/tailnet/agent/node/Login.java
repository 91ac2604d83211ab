package dev.tailnet.agent.node;

import dev.tailnet.agent.config.Credential;
import dev.tailnet.agent.config.NodeSettings;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the node means to log in: what the words for its failure need to know.
 *
 * @param credential where what it logs in with came from, in words; empty when there is nothing
 */
record Login(URI server, Optional<String> credential) {

    static Login of(NodeSettings settings) {
        return new Login(settings.loginServer(), settings.credential().map(Credential::source));
    }

    /** The same at the server that the node uses now: {@code up --login-server} may have changed it. */
    Login at(@Nullable Preferences preferences) {
        if (preferences == null || preferences.controlUrl().isEmpty()) {
            return this;
        }
        try {
            return new Login(URI.create(preferences.controlUrl()), credential);
        } catch (IllegalArgumentException e) {
            return this;
        }
    }
}
