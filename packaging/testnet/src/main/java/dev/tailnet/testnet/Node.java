package dev.tailnet.testnet;

import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * A node as the control server knows it.
 *
 * @param id the control server's number of it
 * @param name the hostname the node gave
 * @param givenName the name in MagicDNS, unique in the tailnet
 * @param ipv4 its tailnet address
 * @param ipv6 its tailnet address
 * @param tags its tags, from its key or advertised
 * @param ephemeral its key was an ephemeral one
 * @param online it is connected to the control server
 * @param approvedRoutes the subnet routes it may serve
 */
public record Node(
        long id,
        String name,
        String givenName,
        String ipv4,
        String ipv6,
        List<String> tags,
        boolean ephemeral,
        boolean online,
        List<String> approvedRoutes) {
    static Node of(JsonNode json) {
        List<String> addresses = strings(json, "ip_addresses");
        return new Node(
                json.path("id").asLong(),
                json.path("name").asString(""),
                json.path("given_name").asString(""),
                addresses.stream().filter(it -> it.indexOf(':') < 0).findFirst().orElse(""),
                addresses.stream()
                        .filter(it -> it.indexOf(':') >= 0)
                        .findFirst()
                        .orElse(""),
                Stream.of("tags", "forced_tags", "valid_tags")
                        .flatMap(it -> strings(json, it).stream())
                        .distinct()
                        .toList(),
                json.path("pre_auth_key").path("ephemeral").asBoolean(false),
                json.path("online").asBoolean(false),
                strings(json, "approved_routes"));
    }

    private static List<String> strings(JsonNode json, String field) {
        return json.path(field).valueStream().map(JsonNode::asString).toList();
    }
}
