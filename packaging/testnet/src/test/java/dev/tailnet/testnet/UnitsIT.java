package dev.tailnet.testnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What systemd says of the units without running them. How they run, {@code packaging/checks/deb} shows. */
class UnitsIT {
    private static final Path UNITS = Path.of("../../systemd");

    @TempDir
    private Path directory;

    @BeforeEach
    void needsSystemd() {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/systemd-analyze")), "systemd-analyze is missing");
    }

    private CommandResult analyze(String... arguments) {
        var command = new ArrayList<>(List.of("systemd-analyze", "--no-pager"));
        command.addAll(List.of(arguments));
        return ChildProcess.run(
                directory, Map.of("XDG_RUNTIME_DIR", directory.toString()), Duration.ofSeconds(30), command);
    }

    /** A copy that starts a program which is on every machine. */
    private String copy(String unit, String name) throws IOException {
        Path copy = directory.resolve(name);
        Files.writeString(
                copy, Files.readString(UNITS.resolve(unit)).replace("ExecStart=tailnet-agent", "ExecStart=/bin/true"));
        return copy.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tailnet-agent.service", "tailnet-agent@.service"})
    void areUnderstoodAndConfineTheAgent(String unit) throws IOException {
        var copy = copy(unit, unit);
        assertThat(analyze("verify", "--man=no", copy)).satisfies(it -> {
            assertThat(it.stdout() + it.stderr()).isEmpty();
            assertThat(it.exitCode()).isZero();
        });
        assertThat(analyze("security", "--offline=true", "--threshold=20", copy))
                .satisfies(it -> assertThat(it.exitCode()).as(it.stdout()).isZero());
    }

    @ParameterizedTest
    @ValueSource(strings = "user/tailnet-agent.service")
    void ofUsersAreUnderstood(String unit) throws IOException {
        assertThat(analyze("verify", "--man=no", "--user", copy(unit, "tailnet-agent.service")))
                .satisfies(it -> {
                    assertThat(it.stdout() + it.stderr()).isEmpty();
                    assertThat(it.exitCode()).isZero();
                });
    }
}
