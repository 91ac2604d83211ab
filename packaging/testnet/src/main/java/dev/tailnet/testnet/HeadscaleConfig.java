package dev.tailnet.testnet;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** The files that Headscale reads. */
final class HeadscaleConfig {
    static final String USER = "test";

    private static final JsonMapper JSON = JsonMapper.shared();

    private HeadscaleConfig() {}

    /**
     * Its configuration; JSON is YAML too. The region's {@code ipv6: none} is a value that tailscale knows: it spares each node three
     * seconds of waiting for a STUN answer that cannot come, and STUN need not listen on more than loopback.
     */
    static String file(Path directory, InetSocketAddress http, InetSocketAddress stun, NetworkOptions options) {
        var derp = Map.ofEntries(
                Map.entry("enabled", true),
                Map.entry("region_id", 999),
                Map.entry("region_code", "test"),
                Map.entry("region_name", "Test"),
                Map.entry("verify_clients", true),
                Map.entry("stun_listen_addr", Ports.hostPort(stun)),
                Map.entry("private_key_path", directory.resolve("derp.key").toString()),
                Map.entry("automatically_add_embedded_derp_region", true),
                Map.entry("ipv4", http.getAddress().getHostAddress()),
                Map.entry("ipv6", "none"));
        var dns = Map.of(
                "magic_dns", options.magicDns(),
                "base_domain", options.baseDomain(),
                "override_local_dns", false,
                "nameservers", Map.of("global", List.of(), "split", options.splitDns()),
                "search_domains", options.searchDomains(),
                "extra_records", options.extraRecords());
        return JSON.writeValueAsString(Map.ofEntries(
                Map.entry("server_url", "http://" + options.controlName() + ":" + http.getPort()),
                Map.entry("listen_addr", Ports.hostPort(http)),
                Map.entry("metrics_listen_addr", ""),
                Map.entry("grpc_listen_addr", "127.0.0.1:0"),
                Map.entry(
                        "noise",
                        Map.of(
                                "private_key_path",
                                directory.resolve("noise.key").toString())),
                Map.entry("prefixes", Map.of("v4", "100.64.0.0/10", "v6", "fd7a:115c:a1e0::/48")),
                Map.entry("derp", Map.of("server", derp, "urls", List.of(), "auto_update_enabled", false)),
                Map.entry("disable_check_updates", true),
                Map.entry(
                        "database",
                        Map.of(
                                "type",
                                "sqlite",
                                "sqlite",
                                Map.of("path", directory.resolve("db.sqlite").toString()))),
                Map.entry("log", Map.of("level", "info", "format", "text")),
                Map.entry("policy", Map.of("mode", "database")),
                Map.entry("dns", dns),
                Map.entry("unix_socket", directory.resolve("headscale.sock").toString()),
                Map.entry("unix_socket_permission", "0700"),
                Map.entry("logtail", Map.of("enabled", false)),
                Map.entry("tuning", Map.of("batch_change_delay", "10ms", "node_store_batch_timeout", "10ms"))));
    }

    /** Everybody may talk to everybody, every tag may be used, and neither exit nodes nor the routes of {@link TestAddresses} need approval. */
    static String openPolicy() {
        var owner = List.of(USER + "@");
        return JSON.writeValueAsString(Map.of(
                "tagOwners",
                Map.of("tag:test", owner, "tag:sandbox", owner, "tag:server", owner),
                "acls",
                List.of(Map.of("action", "accept", "src", List.of("*"), "dst", List.of("*:*"))),
                "autoApprovers",
                Map.of(
                        "routes",
                        Map.of(
                                TestAddresses.SUBNET_IPV4,
                                owner,
                                TestAddresses.SUBNET_IPV6,
                                owner,
                                TestAddresses.SUBNET_VIA,
                                owner),
                        "exitNode",
                        owner)));
    }
}
