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
 * @param isWatched whether that is a file, and another one put there is taken without a restart
 */
record Login(URI server, Optional<String> credential, boolean isWatched) {

    static Login of(NodeSettings settings) {
        return new Login(
                settings.loginServer(),
                settings.credential().map(Credential::source),
                settings.credential().flatMap(Credential::file).isPresent());
    }

    /** What is left to do for who has put another credential where this one came from. */
    String whenReplaced() {
        return isWatched ? "the agent notices and logs in with it" : "start the agent again";
    }

    /** The same at the server that the node uses now: {@code up --login-server} may have changed it. */
    Login at(@Nullable Preferences preferences) {
        if (preferences == null || preferences.controlUrl().isEmpty()) {
            return this;
        }
        try {
            return new Login(URI.create(preferences.controlUrl()), credential, isWatched);
        } catch (IllegalArgumentException e) {
            return this;
        }
    }
}
