package dev.tailnet.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsersFileTest {
    /** Of {@code secret}. */
    static final String HASH =
            "$6$saltsalt$TVLlQcbpFVof5W3Yz4DTP6gRstiNuHwwTt6GLc1E5n0U0aDehy0S5knV8wiOQSpT0Y77vwPZN.Pq.H91p5hVO1";

    @TempDir
    private Path directory;

    private Path users(String permissions, String... lines) throws Exception {
        Path file = Files.write(directory.resolve("users"), List.of(lines));
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    private Load load(Path file) {
        return Load.with().flag(Setting.USERS_FILE, file.toString());
    }

    @Test
    void aFileThatOthersMayReadIsAWarning() throws Exception {
        var warnings = load(users("rw-r-----", "ci:" + HASH)).load().warnings();
        assertThat(warnings)
                .singleElement()
                .asString()
                .startsWith("--users-file (flag): ")
                .contains("chmod 600");
        assertThat(load(users("rw-------", "ci:" + HASH)).load().warnings()).isEmpty();
    }

    @Test
    void everyWrongLineIsAProblemWithItsNumber() throws Exception {
        var problems =
                load(users("rw-------", "ci:" + HASH, "ops:hunter2", "x")).problems();
        assertThat(problems)
                .hasSize(2)
                .anyMatch(problem -> problem.startsWith("users line 2: "))
                .anyMatch(problem -> problem.startsWith("users line 3: "))
                .noneMatch(problem -> problem.contains("hunter2"));
    }

    @Test
    void anEmptyOrMissingFileIsAProblem() throws Exception {
        assertThat(load(users("rw-------")).problems())
                .singleElement()
                .asString()
                .contains("there is no user");
        assertThat(load(directory.resolve("none")).problems())
                .singleElement()
                .asString()
                .endsWith("none does not exist");
        assertThat(load(directory).problems()).singleElement().asString().contains("cannot be read");
        Files.write(directory.resolve("latin"), new byte[] {(byte) 0xfc, ':'});
        assertThat(load(directory.resolve("latin")).problems())
                .singleElement()
                .asString()
                .contains("UTF-8");
    }

    @Test
    void noneTurnsItOffAgain() throws Exception {
        assertThat(Load.with().flag(Setting.USERS_FILE, "none").settings().users())
                .isEmpty();
    }

    @Test
    void theHashesAreNotPrinted() throws Exception {
        assertThat(load(users("rw-------", "ci:" + HASH)).load().print())
                .contains("users-file: ")
                .doesNotContain("$6$");
    }
}
