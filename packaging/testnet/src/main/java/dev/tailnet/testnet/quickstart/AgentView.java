package dev.tailnet.testnet.quickstart;

import dev.tailnet.testnet.AgentProcess;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** What {@code tailnet-agent status --json} says of a running node. */
record AgentView(String name, List<String> addresses, List<String> peers, String proxy, String status) {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    static AgentView await(AgentProcess agent) throws QuickstartException {
        var status = agent.awaitStatus(
                START_TIMEOUT, it -> it.path("state").asString("").equals("running"));
        return new AgentView(
                status.path("name").asString(""),
                strings(status.path("addresses")),
                status.path("peers")
                        .valueStream()
                        .map(it -> it.path("name").asString(""))
                        .toList(),
                listener(status, "mixed"),
                listener(status, "status"));
    }

    /** The variables that send programs through the proxy. */
    Map<String, String> exports() {
        var exports = new LinkedHashMap<String, String>();
        for (var name : List.of("ALL_PROXY", "all_proxy")) {
            exports.put(name, "socks5h://" + proxy);
        }
        for (var name : List.of("HTTPS_PROXY", "https_proxy")) {
            exports.put(name, "http://" + proxy);
        }
        for (var name : List.of("NO_PROXY", "no_proxy")) {
            exports.put(name, "localhost,127.0.0.1,::1");
        }
        return exports;
    }

    private static String listener(JsonNode status, String kind) throws QuickstartException {
        return status.path("listeners")
                .valueStream()
                .filter(it -> it.path("kind").asString("").equals(kind))
                .map(it -> it.path("address").asString())
                .findFirst()
                .orElseThrow(() -> new QuickstartException("no listener of kind " + kind + " in " + status));
    }

    private static List<String> strings(JsonNode array) {
        return array.valueStream().map(JsonNode::asString).toList();
    }
}
