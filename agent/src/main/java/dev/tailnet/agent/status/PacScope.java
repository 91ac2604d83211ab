package dev.tailnet.agent.status;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a browser is to send to the proxies.
 *
 * @param everything whether the internet too is reached through the agent, or is its to refuse
 * @param domains names at and below these
 * @param networks addresses inside these, in CIDR notation
 */
record PacScope(boolean everything, List<String> domains, List<String> networks) {
    /** The ranges from which every tailnet's addresses are. */
    private static final List<String> TAILNET = List.of("100.64.0.0/10", "fd7a:115c:a1e0::/48");

    PacScope {
        domains = List.copyOf(domains);
        networks = List.copyOf(networks);
    }

    /** For as long as the node knows nothing of its tailnet. */
    static PacScope unknown(boolean everything) {
        return new PacScope(everything, List.of("ts.net"), TAILNET);
    }

    /**
     * Reads it out of the node's answers.
     *
     * @param status an {@code ipnstate.Status}
     * @param dns a {@code tailcfg.DNSConfig}
     * @throws tools.jackson.core.JacksonException if either is not JSON
     */
    static PacScope parse(JsonMapper mapper, byte[] status, byte[] dns, boolean carriesInternet, boolean subnets) {
        JsonNode node = mapper.readTree(status);
        JsonNode config = mapper.readTree(dns);
        Set<String> domains = new LinkedHashSet<>();
        add(domains, node.path("CurrentTailnet").path("MagicDNSSuffix").asString(""));
        config.path("Domains").forEach(domain -> add(domains, domain.asString("")));
        config.path("Routes").propertyNames().forEach(domain -> add(domains, domain));
        config.path("ExtraRecords")
                .forEach(name -> add(domains, name.path("Name").asString("")));
        Set<String> networks = new LinkedHashSet<>(TAILNET);
        if (subnets) {
            for (JsonNode peer : node.path("Peer")) {
                peer.path("PrimaryRoutes").forEach(route -> networks.add(route.asString("")));
            }
        }
        return new PacScope(
                carriesInternet || node.path("ExitNodeStatus").isObject(), List.copyOf(domains), List.copyOf(networks));
    }

    /** Reverse zones name no host that a browser would go to. */
    private static void add(Set<String> domains, String name) {
        String domain = name.toLowerCase(Locale.ROOT).replaceAll("^\\.+|\\.+$", "");
        if (!domain.isEmpty() && !domain.endsWith(".arpa")) {
            domains.add(domain);
        }
    }
}
