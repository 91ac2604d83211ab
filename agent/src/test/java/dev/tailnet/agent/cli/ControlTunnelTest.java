package dev.tailnet.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
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
        try (var server = listen()) {
            var request = answer(server, "HTTP/1.1 200 Connection established\r\n\r\n220 ready\r\n\r\n");
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
        try (var server = listen()) {
            var request = answer(server, response.replace("#", "\r\n"));
            assertThatThrownBy(this::open).isInstanceOf(TunnelException.class).hasMessage(reason);
            assertThat(request.get()).startsWith("CONNECT ");
        }
    }

    @ParameterizedTest
    @CsvSource({"HTTP/1.1 200 Conn", "SSH-2.0-x##", "''"})
    void refusesWhatIsNoAgent(String response) throws Exception {
        try (var server = listen()) {
            var request = answer(server, response.replace("#", "\r\n"));
            assertThatThrownBy(this::open)
                    .isInstanceOf(ControlException.class)
                    .hasMessageContaining("is no tailnet-agent");
            assertThat(request.get()).startsWith("CONNECT ");
        }
    }

    @Test
    void waitsNoLongerThanItsDeadline() throws Exception {
        try (var server = listen()) {
            assertThat(server.isOpen()).isTrue();
            assertThatThrownBy(() -> ControlTunnel.open(directory, "web:22", Duration.ofMillis(100)))
                    .isInstanceOf(ControlException.class)
                    .hasMessageContaining("did not answer within 100 ms");
        }
    }

    private ServerSocketChannel listen() throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(directory.resolve(ControlClient.SOCKET)));
    }

    /** Answers one request, closes, and returns the request. */
    private static CompletableFuture<String> answer(ServerSocketChannel server, String response) {
        return CompletableFuture.supplyAsync(() -> {
            try (var connection = server.accept()) {
                var request = ByteBuffer.allocate(1024);
                while (!text(request).endsWith("\r\n\r\n")) {
                    connection.read(request);
                }
                connection.write(ByteBuffer.wrap(response.getBytes(StandardCharsets.US_ASCII)));
                return text(request);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static String text(ByteBuffer request) {
        return new String(request.array(), 0, request.position(), StandardCharsets.US_ASCII);
    }
}
