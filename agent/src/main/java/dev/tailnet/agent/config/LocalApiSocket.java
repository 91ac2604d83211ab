package dev.tailnet.agent.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The unix socket that the tailscale command talks to.
 *
 * @param operator name or number of a user who may change the node over it, beside root and the agent's own
 */
public record LocalApiSocket(Path path, Optional<String> operator, OtherUsers others) {
    private static final String NAME = "tailscaled.sock";

    static Path in(Path runtimeDir) {
        return runtimeDir.resolve(NAME);
    }

    /** Whether it is for other users at all, beside root. */
    public boolean isShared() {
        return others == OtherUsers.READ || operator.isPresent();
    }
}
