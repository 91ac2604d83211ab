package dev.tailnet.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailnet.agent.ExitCode;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class ControlClientTest {
    private static final Duration LONG = Duration.ofSeconds(10);

    @TempDir
    private Path directory;

    @Test
    void getsTheBodyHoweverLong() throws Exception {
        var body = "{\"text\":\"" + "\u00fc".repeat(200_000) + "\"}";
        try (var server = ControlSocket.in(directory)) {
            var request = server.answer("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + body);
            assertThat(new ControlClient(directory, LONG).get("/status")).isEqualTo(body);
            assertThat(request.get()).isEqualTo("GET /status HTTP/1.0\r\nHost: localhost\r\n\r\n");
        }
    }

    @Test
    void saysThatNoAgentRuns() {
        assertThatThrownBy(() -> new ControlClient(directory, LONG).get("/status"))
                .isInstanceOf(ControlException.class)
                .hasMessage("no agent is running in " + directory
                        + ". Start one with 'tailnet-agent run', or name its directory with --runtime-dir");
    }

    @Test
    void saysSoAlsoWhenTheSocketOfADeadOneIsLeft() throws Exception {
        ControlSocket.in(directory).close();
        assertThatThrownBy(() -> new ControlClient(directory, LONG).get("/status"))
                .hasMessageStartingWith("no agent is running in " + directory);
    }

    @Test
    void waitsNoLongerThanItsDeadline() throws Exception {
        try (var server = ControlSocket.in(directory)) {
            assertThat(server.isOpen()).isTrue();
            assertThatThrownBy(() -> new ControlClient(directory, Duration.ofMillis(100)).get("/status"))
                    .hasMessageContaining("did not answer within 100 ms");
        }
    }

    @Test
    void refusesOtherAnswersThan200() throws Exception {
        try (var server = ControlSocket.in(directory)) {
            var request = server.answer("HTTP/1.1 404 Not Found\r\n\r\nno");
            assertThatThrownBy(() -> new ControlClient(directory, LONG).get("/status"))
                    .hasMessageContaining("answered: HTTP/1.1 404 Not Found");
            assertThat(request.get()).startsWith("GET ");
        }
    }

    @Test
    void tellsTheAgentsReason() throws Exception {
        try (var server = ControlSocket.in(directory)) {
            var request = server.answer("HTTP/1.1 503 Service Unavailable\r\n\r\nthe node is not there yet\n");
            assertThatThrownBy(() -> new ControlClient(directory, LONG).get("/debug/prefs"))
                    .hasMessageEndingWith("answered: HTTP/1.1 503 Service Unavailable: the node is not there yet");
            assertThat(request.get()).startsWith("GET ");
        }
    }

    @Test
    void saysNoMoreThanTheAgentOfWhatTheUserGotWrong() throws Exception {
        try (var server = ControlSocket.in(directory)) {
            var request = server.answer("HTTP/1.1 409 Conflict\r\n\r\npolicy not reloaded: a reason\n");
            assertThatThrownBy(() -> new ControlClient(directory, LONG).post("/policy/reload"))
                    .isInstanceOfSatisfying(
                            ControlException.class,
                            refused -> assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE))
                    .hasMessage("policy not reloaded: a reason");
            assertThat(request.get()).startsWith("POST ");
        }
    }

    @Test
    void refusesWhatIsNoHttp() throws Exception {
        try (var server = ControlSocket.in(directory)) {
            var request = server.answer("220 mail ready\r\n");
            assertThatThrownBy(() -> new ControlClient(directory, LONG).get("/status"))
                    .hasMessageContaining("is no tailnet-agent");
            assertThat(request.get()).startsWith("GET ");
        }
    }
}
