package dev.tailnet.agent.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeerCountTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
            {"BackendState":"Running","Self":{"Peer":{"no":1}},"Peer":{"a":{"Tags":["x"]},"b":{}},"User":{}} | 2
            {"BackendState":"NeedsLogin","Peer":null}                                                        | 0
            {}                                                                                                | 0
            """)
    void countsTheNodesOfTheList(String status, int peers) {
        assertThat(PeerCount.count(status.getBytes(StandardCharsets.UTF_8))).isEqualTo(peers);
    }
}
