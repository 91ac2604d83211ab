package dev.tailnet.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunningAgentFlagsTest {

    @Test
    void theFlagComesFirstThenTheVariableThenTheDefault() {
        var environment = Map.of("TAILNET_RUNTIME_DIR", "/run/of-variable", "RUNTIME_DIRECTORY", "/run/of-unit");
        assertThat(RunningAgentFlags.directory("/run/of-flag", environment)).isEqualTo(Path.of("/run/of-flag"));
        assertThat(RunningAgentFlags.directory("", environment)).isEqualTo(Path.of("/run/of-variable"));
    }
}
