package dev.tailnet.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.testing.DocumentTables;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** The README has each variable that the agent takes or warns of by name, with its test; those of settings are documented as settings. */
class DocumentedVariablesTest {
    @Test
    void everyVariableHasATest() {
        var variables = StreamSupport.stream(EnvironmentNames.names().spliterator(), false)
                .filter(name -> !name.startsWith("TAILNET_"))
                .toList();
        assertThat(DocumentTables.rows("README.md"))
                .flatExtracting(DocumentTables.Row::names)
                .containsAll(variables);
    }
}
