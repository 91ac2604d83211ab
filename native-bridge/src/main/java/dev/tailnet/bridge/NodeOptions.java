package dev.tailnet.bridge;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a node is made with.
 *
 * @param hostname the name it asks the control server for
 * @param controlUrl the control server, http or https; null for Tailscale's own
 * @param credential used only when the node has to log in; null when it has logged in before or a person will log it in
 * @param ephemeral the control server forgets the node when it logs out, which it does when it is closed
 * @param stateDir where the node's identity is kept across restarts (created with mode 0700); null keeps it in memory
 * @param runtimeDir for files that need not survive the process: what a node in memory puts down
 * @param tags ACL tags to ask for, each {@code tag:name}
 * @param acceptRoutes use the subnet routes that peers advertise
 * @param shieldsUp drop connections that come from the tailnet while nothing is exposed
 */
public record NodeOptions(
        String hostname,
        @Nullable URI controlUrl,
        @Nullable LoginCredential credential,
        boolean ephemeral,
        @Nullable Path stateDir,
        Path runtimeDir,
        List<String> tags,
        boolean acceptRoutes,
        boolean shieldsUp) {

    /** @throws IllegalArgumentException with the option's name and what is wrong with its value */
    public NodeOptions {
        Objects.requireNonNull(runtimeDir, "runtimeDir");
        tags = List.copyOf(tags);
        if (hostname.isBlank() || hostname.length() > 253 || hostname.chars().anyMatch(c -> c <= ' ' || c == 0x7f)) {
            throw new IllegalArgumentException(
                    "hostname \"" + printable(hostname) + "\" is not a host name: 1 to 253 characters, no spaces");
        }
        if (controlUrl != null && !isHttp(controlUrl)) {
            throw new IllegalArgumentException("control URL " + controlUrl
                    + " is not an http or https URL with a host, like https://headscale.example.com");
        }
        for (String tag : tags) {
            if (!tag.matches("tag:[A-Za-z][A-Za-z0-9-]*")) {
                throw new IllegalArgumentException("tag \"" + printable(tag)
                        + "\" is not of the form tag:name (letters, digits and dashes, a letter first)");
            }
        }
    }

    /** A node that lives in memory and is forgotten when it is closed. */
    public static NodeOptions ephemeral(
            String hostname, @Nullable URI controlUrl, LoginCredential credential, Path runtimeDir) {
        return new NodeOptions(hostname, controlUrl, credential, true, null, runtimeDir, List.of(), true, true);
    }

    private static boolean isHttp(URI url) {
        return url.getHost() != null
                && ("http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme()));
    }

    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
