package dev.tailnet.agent.status;

import dev.tailnet.proxy.request.AddressText;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps web pages out: one that has its name resolve to this machine (DNS rebinding) still sends that name as the Host.
 * Allowed are this machine's loopback names, and the address that the endpoint listens on.
 */
final class HostCheck {
    private final Set<String> allowed = new HashSet<>(Set.of("localhost", "127.0.0.1", "[::1]"));

    /** @param configured the listener's address as it was asked for */
    HostCheck(InetSocketAddress configured) {
        allowed.add(literal(configured.getAddress()));
        allowed.add(configured.getHostString().toLowerCase(Locale.ROOT));
    }

    /**
     * @param host the Host field
     * @param local the address that the connection came to: with a listener on all interfaces, one of many
     */
    boolean allows(@Nullable String host, InetAddress local) {
        if (host == null) {
            return false;
        }
        String name = withoutPort(host.trim().toLowerCase(Locale.ROOT));
        return allowed.contains(name) || name.equals(literal(local));
    }

    private static String withoutPort(String host) {
        int bracket = host.indexOf(']');
        int colon = host.indexOf(':', Math.max(bracket, 0));
        return colon < 0 ? host : host.substring(0, colon);
    }

    /** As it stands in a Host field: without a zone, which means nothing to others. */
    private static String literal(InetAddress address) {
        return AddressText.bracketed(address).replaceFirst("%[^\\]]*", "");
    }
}
