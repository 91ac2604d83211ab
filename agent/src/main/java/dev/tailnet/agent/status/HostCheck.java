package dev.tailnet.agent.status;

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

    private static String literal(InetAddress address) {
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        String withoutZone = zone < 0 ? text : text.substring(0, zone);
        return withoutZone.indexOf(':') < 0 ? withoutZone : "[" + compressed(address) + "]";
    }

    /** As browsers and curl write it (RFC 5952); Java writes out every zero. */
    private static String compressed(InetAddress address) {
        byte[] bytes = address.getAddress();
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = (bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff);
        }
        int start = -1;
        int length = 1;
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && groups[end] == 0) {
                end++;
            }
            if (end - i > length) {
                start = i;
                length = end - i;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == start) {
                text.append("::");
                i += length - 1;
            } else {
                if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }
}
