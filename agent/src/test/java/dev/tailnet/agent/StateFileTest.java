package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tailnet.agent.config.NodePreferences;
import dev.tailnet.agent.config.NodeSettings;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateFileTest {
    private static final Clock NOON = Clock.fixed(Instant.parse("2026-11-23T12:00:00Z"), ZoneOffset.UTC);

    @TempDir
    private Path directory;

    private Path file() {
        return directory.resolve("tailscaled.state");
    }

    private NodeSettings settings(boolean reset) {
        return new NodeSettings(
                Optional.empty(),
                "box",
                URI.create("http://control.test"),
                List.of(),
                false,
                Optional.of(directory),
                true,
                Optional.empty(),
                new NodePreferences(true, List.of(), Optional.empty(), 0, Set.of(), reset, Optional.of("abc")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "", "{\"_machinekey\": \"cHJpdmtleQ==\"}\n"})
    void takesWhatCanBeRead(String content) throws Exception {
        Files.writeString(file(), content);

        StateFile.prepare(settings(false), NOON);

        assertThat(Files.readString(directory.resolve("sandbox-id"))).isEqualTo("abc\n");
    }

    @Test
    void noFileIsFine() throws Exception {
        StateFile.prepare(settings(false), NOON);

        assertThat(file()).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"_machinekey\": \"cHJp", "\u0000\u0000\u0000", "[]", "{} {}", "not json"})
    void saysWhatToDoAboutWhatCannotBeRead(String content) throws Exception {
        Files.writeString(file(), content);

        assertThatExceptionOfType(StartFailure.class)
                .isThrownBy(() -> StateFile.prepare(settings(false), NOON))
                .withMessageStartingWith("the state file " + file() + " is damaged: ")
                .withMessageContaining("--reset-state")
                .extracting(StartFailure::exitCode)
                .isEqualTo(ExitCode.STATE_DIR);
        assertThat(Files.readString(file())).isEqualTo(content);
    }

    @Test
    void movesADamagedOneAside() throws Exception {
        Files.writeString(file(), "damaged");

        StateFile.prepare(settings(true), NOON);

        assertThat(file()).doesNotExist();
        assertThat(Files.readString(directory.resolve("tailscaled.state.aside-20261123T120000Z")))
                .isEqualTo("damaged");
        StateFile.prepare(settings(true), NOON);
    }
}
