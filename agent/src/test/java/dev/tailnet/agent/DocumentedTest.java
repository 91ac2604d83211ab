package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.config.Setting;
import dev.tailnet.agent.testing.DocumentTables;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What the documents say is tested has the tests that they name; see also the tests of the same name beside verbs and variables. */
class DocumentedTest {
    @Test
    void everyTestThatIsNamedIsThere() {
        assertThat(DocumentTables.testsThatExist()).containsAll(DocumentTables.testsNamed());
    }

    @Test
    void everySettingHasATest() {
        assertThat(DocumentTables.rows("docs/scenarios.md"))
                .flatExtracting(DocumentTables.Row::names)
                .containsAll(Arrays.stream(Setting.values()).map(Setting::key).toList());
    }
}
