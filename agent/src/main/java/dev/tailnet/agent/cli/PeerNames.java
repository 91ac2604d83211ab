package dev.tailnet.agent.cli;

import java.util.Locale;

/** What nodes of an {@code ipnstate.Status} are called. */
final class PeerNames {
    private PeerNames() {}

    /** The MagicDNS name without the tailnet's domain, as far as it has it; its host name in parentheses if it has none. */
    static String shortName(Json peer, String suffix) {
        var name = withoutDot(peer.text("DNSName").orElse(""));
        var domain = "." + withoutDot(suffix);
        if (!name.isEmpty()) {
            return name.endsWith(domain) ? name.substring(0, name.length() - domain.length()) : name;
        }
        return "(\"" + sanitized(peer.text("HostName").orElse("")) + "\")";
    }

    /** Whether a node has this name, short or full. */
    static boolean isCalled(Json peer, String suffix, String name) {
        var full = peer.text("DNSName").orElse("");
        return !full.isEmpty()
                && (name.equalsIgnoreCase(shortName(peer, suffix))
                        || withoutDot(name).equalsIgnoreCase(withoutDot(full)));
    }

    private static String withoutDot(String name) {
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    /** A host name as a label of DNS. */
    private static String sanitized(String hostname) {
        var label = hostname.toLowerCase(Locale.ROOT)
                .replaceAll("\\.(local|localdomain|lan)$", "")
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^-+|-+$", "");
        return label.length() <= 63 ? label : label.substring(0, 63);
    }
}
