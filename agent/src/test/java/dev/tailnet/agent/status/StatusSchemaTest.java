package dev.tailnet.agent.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.node.NodeState;
import dev.tailnet.agent.testing.JsonSchema;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code /status} answers is what its schema says, and still has every key that it ever had. */
class StatusSchemaTest {
    private FakeStatusServer server;

    @BeforeEach
    @SuppressWarnings("NullAway")
    void start() throws Exception {
        server = new FakeStatusServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void everyDocumentIsAsTheSchemaSays() throws Exception {
        assertValid(status());

        server.nodeStatus = text("/localapi/status.json");
        assertValid(status());

        server.nodeStatus = null;
        server.agent.self = null;
        server.agent.state = new NodeState(NodeState.Kind.NEEDS_LOGIN, "log in", NodeState.Outlook.STUCK);
        assertValid(status());
    }

    @Test
    void theSchemaDescribesEveryKey() throws Exception {
        server.nodeStatus = text("/localapi/status.json");
        Set<String> told = new TreeSet<>();
        collect(JsonMapper.shared().readTree(status()), "", told);

        assertThat(described()).as("described in status.schema.json").containsAll(told);
    }

    /** {@code status/keys.txt} has what a released version told, by version: lines are added there, never taken away. */
    @Test
    void noKeyIsEverTakenAway() throws Exception {
        List<String> ever = text("/status/keys.txt")
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();

        assertThat(ever).isNotEmpty();
        assertThat(required()).as("required by status.schema.json").containsAll(ever);
    }

    private static void assertValid(String document) throws IOException {
        assertThat(JsonSchema.parse(schemaText()).problems(JsonMapper.shared().readTree(document)))
                .isEmpty();
    }

    private String status() throws IOException {
        String answer = server.get("/status", "");
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }

    /** The paths of all keys: {@code peers[].name}. */
    private static void collect(JsonNode node, String path, Set<String> keys) {
        if (node.isArray()) {
            node.forEach(element -> collect(element, path + "[]", keys));
        }
        node.propertyStream().forEach(property -> {
            String key = path.isEmpty() ? property.getKey() : path + "." + property.getKey();
            keys.add(key);
            collect(property.getValue(), key, keys);
        });
    }

    private static Set<String> described() throws IOException {
        Set<String> keys = new TreeSet<>();
        JsonNode schema = JsonMapper.shared().readTree(schemaText());
        walk(schema, schema, "", false, keys);
        return keys;
    }

    private static Set<String> required() throws IOException {
        Set<String> keys = new TreeSet<>();
        JsonNode schema = JsonMapper.shared().readTree(schemaText());
        walk(schema, schema, "", true, keys);
        return keys;
    }

    /** @param onlyRequired whether keys that may be absent are left out */
    private static void walk(JsonNode root, JsonNode part, String path, boolean onlyRequired, Set<String> keys) {
        JsonNode schema = part.has("$ref")
                ? root.path("$defs").path(part.path("$ref").asString().substring("#/$defs/".length()))
                : part;
        if (schema.has("items")) {
            walk(root, schema.path("items"), path + "[]", onlyRequired, keys);
        }
        Set<String> required = new TreeSet<>();
        schema.path("required").forEach(key -> required.add(key.asString()));
        schema.path("properties").propertyStream().forEach(property -> {
            if (!onlyRequired || required.contains(property.getKey())) {
                String key = path.isEmpty() ? property.getKey() : path + "." + property.getKey();
                keys.add(key);
                walk(root, property.getValue(), key, onlyRequired, keys);
            }
        });
    }

    private static String schemaText() throws IOException {
        return text("/dev/tailnet/agent/status/status.schema.json");
    }

    private static String text(String resource) throws IOException {
        try (InputStream stream = StatusSchemaTest.class.getResourceAsStream(resource)) {
            assertThat(stream).as(resource).isNotNull();
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
