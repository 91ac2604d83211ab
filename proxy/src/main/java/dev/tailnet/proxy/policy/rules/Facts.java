package dev.tailnet.proxy.policy.rules;

import dev.tailnet.proxy.request.PlainRequest;
import dev.tailnet.proxy.request.Route;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a request when rules are asked about it.
 *
 * @param name normalised; null when the client named an address
 * @param address null while a name has not been looked up
 * @param embedded the IPv4 address that {@code address} carries inside; null when it carries none
 * @param usage how the host is to be used; null while that is not known
 */
public record Facts(
        @Nullable String name,
        @Nullable InetAddress address,
        @Nullable InetAddress embedded,
        @Nullable Usage usage) {

    /**
     * How a host is to be used.
     *
     * @param route null while there is no address to route
     * @param role the client's user; null for one that was not asked for it
     * @param http null for a tunnel or datagrams
     */
    public record Usage(
            int port,
            RuleProtocol protocol,
            @Nullable Route route,
            @Nullable String role,
            @Nullable PlainRequest http) {}

    /** The same, had the client asked for this name. */
    public Facts called(String newName) {
        return new Facts(newName, address, embedded, usage);
    }

    /** The same, had the client asked for this name and no address were known. */
    public Facts onlyCalled(String newName) {
        return new Facts(newName, null, null, usage);
    }

    /** A name that somebody looks up, who knows what for. */
    public static Facts ofLookup(String name) {
        return new Facts(name, null, null, null);
    }
}
