package dev.tailnet.testnet.quickstart;

import dev.tailnet.testnet.AgentProcess;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a running agent says of itself.
 *
 * @param exports the variables with which programs use its proxies, as {@code tailnet-agent env} prints them
 */
record AgentView(
        String name,
        List<String> addresses,
        List<String> peers,
        String proxy,
        String status,
        Map<String, String> exports) {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final JsonMapper JSON = new JsonMapper();

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
                listener(status, "status"),
                exports(agent));
    }

    private static Map<String, String> exports(AgentProcess agent) throws QuickstartException {
        var result = agent.command("env", "--format=json");
        if (result.exitCode() != 0) {
            throw new QuickstartException("'tailnet-agent env' failed: " + result.stderr());
        }
        var exports = new LinkedHashMap<String, String>();
        JSON.readTree(result.stdout())
                .properties()
                .forEach(it -> exports.put(it.getKey(), it.getValue().asString()));
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
