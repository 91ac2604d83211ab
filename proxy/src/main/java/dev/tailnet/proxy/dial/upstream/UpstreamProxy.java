package dev.tailnet.proxy.dial.upstream;

import dev.tailnet.proxy.request.Target;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A proxy that leads out.
 *
 * @param at where it listens
 * @param credentials null when it wants none
 */
public record UpstreamProxy(
        Protocol protocol, Target at, @Nullable Credentials credentials) {

    /** How the proxy is spoken to. */
    public enum Protocol {
        HTTP,
        SOCKS5
    }

    /**
     * A user of the proxy.
     *
     * @param password may be empty
     */
    public record Credentials(String user, String password) {
        @Override
        public String toString() {
            return user + ":********";
        }
    }

    /** {@code http://proxy.example:3128}: without the credentials. */
    @Override
    public String toString() {
        return protocol.name().toLowerCase(Locale.ROOT) + "://" + at;
    }
}
