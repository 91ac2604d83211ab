package dev.tailnet.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketArrivalTest {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @Test
    void isToldOfASocketAndOfTheDirectoriesAboveIt() throws Exception {
        Path socket = directory.resolve("run/agent/agent.sock");
        awaitWhile(socket, () -> Files.createDirectory(directory.resolve("run")));
        awaitWhile(socket, () -> Files.createDirectory(directory.resolve("run/agent")));
        awaitWhile(socket, () -> Files.createFile(socket));
    }

    @Test
    void looksAgainAtASocketThatWasLeftBehind() throws Exception {
        awaitWhile(Files.createFile(directory.resolve("agent.sock")), () -> directory);
    }

    @Test
    void waitsNoLongerThanIsAsked() throws Exception {
        try (var arrival = SocketArrival.watch(List.of(directory.resolve("agent.sock")))) {
            assertThat(arrival.await(Duration.ofMillis(1))).isTrue();
        }
    }

    @Test
    void anInterruptEndsIt() throws Exception {
        try (var arrival = SocketArrival.watch(List.of(directory.resolve("agent.sock")))) {
            Thread.currentThread().interrupt();
            assertThat(arrival.await(LONG)).isFalse();
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private interface Change {
        Path make() throws Exception;
    }

    private static void awaitWhile(Path socket, Change change) throws Exception {
        try (var arrival = SocketArrival.watch(List.of(socket))) {
            assertThat(change.make()).exists();
            assertThat(assertTimeoutPreemptively(PATIENCE, () -> arrival.await(LONG)))
                    .isTrue();
        }
    }
}
