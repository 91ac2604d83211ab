package dev.tailnet.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.testing.DocumentTables;
import org.junit.jupiter.api.Test;

/** The README has each verb, with its test. */
class DocumentedVerbsTest {
    @Test
    void everyVerbHasATest() {
        var verbs = Verbs.ofAgent(new VersionVerb()).select("").keySet();
        assertThat(DocumentTables.rows("README.md"))
                .flatExtracting(DocumentTables.Row::names)
                .extracting(name -> name.split(" ")[0])
                .containsAll(verbs);
    }
}
