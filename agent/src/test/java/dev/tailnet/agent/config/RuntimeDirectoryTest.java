package dev.tailnet.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeDirectoryTest {
    @TempDir
    private Path directory;

    @Test
    void isTheUnitsThenTheUsersThenTheSystemsThenATemporaryOne() {
        var user = Map.of("XDG_RUNTIME_DIR", directory.toString());
        var unit = Map.of("XDG_RUNTIME_DIR", directory.toString(), "RUNTIME_DIRECTORY", "/run/a:/run/b");
        assertThat(RuntimeDirectory.defaultFor(unit, 1000)).isEqualTo(Path.of("/run/a"));
        assertThat(RuntimeDirectory.defaultFor(user, 1000)).isEqualTo(directory.resolve("tailnet-agent"));
        assertThat(RuntimeDirectory.defaultFor(Map.of(), 0)).isEqualTo(Path.of("/run/tailnet-agent"));
        assertThat(RuntimeDirectory.defaultFor(Map.of(), 1000))
                .isEqualTo(Path.of(System.getProperty("java.io.tmpdir"), "tailnet-agent-1000"));
        assertThat(RuntimeDirectory.defaultFor(Map.of("XDG_RUNTIME_DIR", "/run/user/gone"), 0))
                .isEqualTo(Path.of("/run/tailnet-agent"));
    }

    @Test
    void isMadeForItsOwnerOnly() throws Exception {
        var runtimeDir = directory.resolve("run");
        RuntimeDirectory.prepare(runtimeDir, false);
        assertThat(mode(runtimeDir)).isEqualTo("rwx------");
        RuntimeDirectory.prepare(runtimeDir, true);
        assertThat(mode(runtimeDir)).isEqualTo("rwx------");
    }

    @Test
    void isMadeForOthersToPassThroughWhenThereIsSomethingForThem() throws Exception {
        var runtimeDir = directory.resolve("run");
        RuntimeDirectory.prepare(runtimeDir, true);
        assertThat(mode(runtimeDir)).isEqualTo("rwx--x--x");
        RuntimeDirectory.prepare(runtimeDir, true);
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void isRefusedWhenOthersMayWriteToIt() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(() -> RuntimeDirectory.prepare(directory, false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("writable by others");
    }

    @Test
    void isRefusedWhenItIsALinkOrAFile() throws Exception {
        var link = Files.createSymbolicLink(directory.resolve("link"), directory);
        assertThatThrownBy(() -> RuntimeDirectory.prepare(link, false)).hasMessageContaining("is not a directory");
        var file = Files.writeString(directory.resolve("file"), "");
        assertThatThrownBy(() -> RuntimeDirectory.prepare(file, false)).hasMessageContaining("is not a directory");
    }

    @Test
    void isRefusedWhereItCannotBeMade() {
        assertThatThrownBy(() -> RuntimeDirectory.prepare(directory.resolve("none/run"), false))
                .hasMessageContaining("does not exist")
                .hasMessageContaining("--runtime-dir");
    }
}
