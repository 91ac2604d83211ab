package dev.tailnet.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirTest {
    @TempDir
    private Path directory;

    @Test
    void aNodeWithStateIsNotEphemeralUnlessAskedFor() {
        var load = Load.with().flag(Setting.STATE_DIR, directory.toString());
        assertThat(load.settings().node().ephemeral()).isFalse();
        load.flag(Setting.EPHEMERAL, "true");
        assertThat(load.settings().node().ephemeral()).isTrue();
    }

    @Test
    void aNodeWithoutStateIsAlwaysEphemeral() {
        assertThat(Load.with().flag(Setting.EPHEMERAL, "false").problems())
                .singleElement()
                .asString()
                .startsWith("--ephemeral (flag): ")
                .endsWith("give --state-dir as well");
    }

    @Test
    void memoryCanBeAskedForAgainstAWeakerSource() {
        var load = Load.with().variable("TS_STATE_DIR", directory.toString()).flag(Setting.STATE_DIR, "mem:");
        assertThat(load.settings().node().stateDir()).isEmpty();
        assertThat(load.settings().node().ephemeral()).isTrue();
    }

    @Test
    void aFileInItsPlaceIsAProblem() throws Exception {
        var file = Files.writeString(directory.resolve("file"), "");
        assertThat(Load.with().flag(Setting.STATE_DIR, file.toString()).problems())
                .containsExactly("--state-dir (flag): " + file + " is not a directory");
    }
}
