package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The directories that an agent takes for itself. */
class ClaimsTest {

    @TempDir
    Path directory;

    @Test
    void theRuntimeDirectoryIsMadeForThisUserAlone() throws Exception {
        Path runtime = directory.resolve("run");

        try (RuntimeClaim claim = RuntimeClaim.on(runtime, false)) {
            assertThat(claim).isNotNull();
            assertThat(mode(runtime)).isEqualTo("rwx------");
            assertThat(mode(runtime.resolve("agent.lock"))).isEqualTo("rw-------");
        }
    }

    @Test
    void onlyOneAgentHasTheRuntimeDirectoryAtATime() throws Exception {
        try (RuntimeClaim claim = RuntimeClaim.on(directory, false)) {
            assertThat(claim).isNotNull();
            assertThatThrownBy(() -> RuntimeClaim.on(directory, false))
                    .isInstanceOfSatisfying(
                            StartFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.NODE))
                    .hasMessageContaining("another agent is running in " + directory)
                    .hasMessageContaining("--runtime-dir");
        }
        RuntimeClaim.on(directory, false).close();
    }

    @Test
    void theStateDirectoryIsMadeWithThoseAboveIt() throws Exception {
        Path state = directory.resolve("a/b/state");

        StateDirectory.prepare(state);

        assertThat(mode(state)).isEqualTo("rwx------");
        assertThat(state).isEmptyDirectory();
    }

    @Test
    void othersLoseTheirAccessToAnExistingStateDirectory() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));

        StateDirectory.prepare(directory);

        assertThat(mode(directory)).isEqualTo("rwx------");
    }

    @Test
    void saysThatAFileIsNoStateDirectory() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> StateDirectory.prepare(file))
                .isInstanceOfSatisfying(
                        StartFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.STATE_DIR))
                .hasMessageStartingWith("state directory " + file + " cannot be used: it is not a directory.")
                .hasMessageContaining("--state-dir");
    }

    @Test
    void saysWhereTheStateDirectoryCannotBeMade() {
        assertThatThrownBy(() -> StateDirectory.prepare(Path.of("/proc/nowhere")))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining("/proc/nowhere cannot be created");
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
