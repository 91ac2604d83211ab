package dev.tailnet.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
class ControlTunnelTest {
    private static final Duration LONG = Duration.ofSeconds(10);

    @TempDir
    private Path directory;

    private ControlTunnel open() throws Exception {
        return ControlTunnel.open(directory, "web:22", LONG);
    }

    @Test
    void keepsWhatFollowsTheAnswer() throws Exception {
        try (var server = ControlSocket.in(directory)) {
            var request = server.answer("HTTP/1.1 200 Connection established\r\n\r\n220 ready\r\n\r\n");
            var tunnel = open();
            assertThat(StandardCharsets.US_ASCII.decode(tunnel.early()).toString())
                    .isEqualTo("220 ready\r\n\r\n");
            assertThat(tunnel.channel().isBlocking()).isTrue();
            assertThat(tunnel.channel().read(ByteBuffer.allocate(1))).isEqualTo(-1);
            tunnel.channel().close();
            assertThat(request.get()).isEqualTo("CONNECT web:22 HTTP/1.1\r\nHost: web:22\r\n\r\n");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            HTTP/1.1 502 Bad Gateway#A: b##tailnet-agent: web refused the connection# | web refused the connection
            HTTP/1.1 503 Service Unavailable##                                        | the agent answered: HTTP/1.1 503 Service Unavailable
            """)
    void tellsTheAgentsReason(String response, String reason) throws Exception {
        try (var server = ControlSocket.in(directory)) {
            var request = server.answer(response.replace("#", "\r\n"));
            assertThatThrownBy(this::open).isInstanceOf(TunnelException.class).hasMessage(reason);
            assertThat(request.get()).startsWith("CONNECT ");
        }
    }

    @ParameterizedTest
    @CsvSource({"HTTP/1.1 200 Conn", "SSH-2.0-x##", "''"})
    void refusesWhatIsNoAgent(String response) throws Exception {
        try (var server = ControlSocket.in(directory)) {
            var request = server.answer(response.replace("#", "\r\n"));
            assertThatThrownBy(this::open)
                    .isInstanceOf(ControlException.class)
                    .hasMessageContaining("is no tailnet-agent");
            assertThat(request.get()).startsWith("CONNECT ");
        }
    }

    @Test
    void waitsNoLongerThanItsDeadline() throws Exception {
        try (var server = ControlSocket.in(directory)) {
            assertThat(server.isOpen()).isTrue();
            assertThatThrownBy(() -> ControlTunnel.open(directory, "web:22", Duration.ofMillis(100)))
                    .isInstanceOf(ControlException.class)
                    .hasMessageContaining("did not answer within 100 ms");
        }
    }
}
