package dev.tailnet.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReloadTest {
    @TempDir
    private Path directory;

    @Test
    void theKeysFileMayBeGone() throws Exception {
        Path key = Files.writeString(directory.resolve("key"), "tskey-auth-1");
        var flags = new Flags(Map.of(Setting.AUTH_KEY_FILE, List.of(key.toString())), List.of());
        assertThat(Configuration.load(flags, Map.of()).settings().node().credential())
                .isPresent();
        Files.delete(key);
        var again = Configuration.reload(flags, Map.of());
        assertThat(again.settings().node().credential()).isEmpty();
        assertThat(again.warnings()).isEmpty();
        assertThat(again.effective()).noneMatch(effective -> effective.setting() == Setting.AUTH_KEY_FILE);
    }
}
