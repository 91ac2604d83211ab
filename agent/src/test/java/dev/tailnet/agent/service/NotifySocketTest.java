package dev.tailnet.agent.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.testing.ServiceManager;
import dev.tailnet.proxy.server.EventLoops;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NotifySocketTest {
    @TempDir
    private Path directory;

    private EventLoops loops;

    @BeforeEach
    void open() throws Exception {
        loops = EventLoops.open(1);
    }

    @AfterEach
    void close() {
        loops.close();
    }

    private NotifySocket socket(String notifySocket) {
        return NotifySocket.open(Map.of("NOTIFY_SOCKET", notifySocket), loops.group())
                .orElseThrow();
    }

    @Test
    void tellsTheManagerAtAPath() {
        tellsTheManagerAt(directory.resolve("notify").toString());
    }

    @Test
    void tellsTheManagerAtAnAbstractName() {
        tellsTheManagerAt("@tailnet-agent-test-" + ProcessHandle.current().pid());
    }

    private void tellsTheManagerAt(String notifySocket) {
        try (var manager = ServiceManager.at(notifySocket);
                var socket = socket(notifySocket)) {
            socket.send(Notice.ready("Starting: logging in"));
            socket.send(Notice.alive());
            socket.send(Notice.patience(Duration.ofSeconds(20)));
            assertThat(manager.next()).isEqualTo("READY=1\nSTATUS=Starting: logging in");
            assertThat(manager.next()).isEqualTo("WATCHDOG=1");
            assertThat(manager.next()).isEqualTo("EXTEND_TIMEOUT_USEC=20000000");
        }
    }

    @Test
    void aManagerThatComesBackHearsWhatIsSentThen() {
        String path = directory.resolve("notify").toString();
        try (var socket = socket(path)) {
            socket.send(Notice.status("nobody listens"));
            try (var manager = ServiceManager.at(path)) {
                socket.send(Notice.status("again"));
                assertThat(manager.next("again")).isEqualTo("STATUS=again");
            }
        }
    }

    @Test
    void thereIsNoneWhereNobodyAsks() {
        assertThat(NotifySocket.open(Map.of(), loops.group())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "@", "vsock:2:1234", "relative", "/0123456789"})
    void otherKindsOfSocketsAreTurnedDown(String value) {
        String tooLong = value.length() > 10 && value.startsWith("/") ? value.repeat(10) : value;
        assertThat(NotifySocket.open(Map.of("NOTIFY_SOCKET", tooLong), loops.group()))
                .isEmpty();
    }
}
