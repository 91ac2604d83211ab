package dev.tailnet.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonWriterTest {

    @Test
    void whatIsReadIsWrittenAsItWas() throws Exception {
        var text =
                "{\"a\":1.50,\"b\":true,\"c\":null,\"d\":\"x\\\"\\\\\\n\\u0001\",\"e\":[],\"f\":{},\"g\":[{\"h\":\"1\"},2]}";
        assertThat(JsonWriter.write(Json.parse(text))).isEqualTo(text);
    }

    @Test
    void indentsAsGoDoes() {
        var value = new LinkedHashMap<String, Object>();
        value.put("a", List.of(1, 2));
        value.put("b", Map.of("c", "d"));
        value.put("e", Arrays.asList(null, false));
        value.put("f", List.of());
        assertThat(JsonWriter.write(value, "  ")).isEqualTo("""
                {
                  "a": [
                    1,
                    2
                  ],
                  "b": {
                    "c": "d"
                  },
                  "e": [
                    null,
                    false
                  ],
                  "f": []
                }""");
    }

    @Test
    void membersAreAddedAndFiltered() throws Exception {
        var json = Json.parse("{\"Peer\":{\"k\":{\"Active\":true},\"l\":{\"Active\":false}},\"n\":7}");
        assertThat(JsonWriter.write(
                        json.filtered("Peer", peer -> peer.isTrue("Active")).with("x", json.number("n"))))
                .isEqualTo("{\"Peer\":{\"k\":{\"Active\":true}},\"n\":7,\"x\":7}");
    }
}
