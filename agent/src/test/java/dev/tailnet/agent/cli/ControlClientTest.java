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

@Timeout(20)
class ControlClientTest {
    private static final Duration LONG = Duration.ofSeconds(10);

    @TempDir
    private Path directory;

    @Test
    void getsTheBodyHoweverLong() throws Exception {
        var body = "{\"text\":\"" + "\u00fc".repeat(200_000) + "\"}";
        try (var server = listen()) {
            var request = answer(server, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + body);
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
        listen().close();
        assertThatThrownBy(() -> new ControlClient(directory, LONG).get("/status"))
                .hasMessageStartingWith("no agent is running in " + directory);
    }

    @Test
    void waitsNoLongerThanItsDeadline() throws Exception {
        try (var server = listen()) {
            assertThat(server.isOpen()).isTrue();
            assertThatThrownBy(() -> new ControlClient(directory, Duration.ofMillis(100)).get("/status"))
                    .hasMessageContaining("did not answer within 100 ms");
        }
    }

    @Test
    void refusesOtherAnswersThan200() throws Exception {
        try (var server = listen()) {
            var request = answer(server, "HTTP/1.1 404 Not Found\r\n\r\nno");
            assertThatThrownBy(() -> new ControlClient(directory, LONG).get("/status"))
                    .hasMessageContaining("answered: HTTP/1.1 404 Not Found");
            assertThat(request.get()).startsWith("GET ");
        }
    }

    @Test
    void refusesWhatIsNoHttp() throws Exception {
        try (var server = listen()) {
            var request = answer(server, "220 mail ready\r\n");
            assertThatThrownBy(() -> new ControlClient(directory, LONG).get("/status"))
                    .hasMessageContaining("is no tailnet-agent");
            assertThat(request.get()).startsWith("GET ");
        }
    }

    private ServerSocketChannel listen() throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(directory.resolve(ControlClient.SOCKET)));
    }

    /** Answers one request, and returns it. */
    private static CompletableFuture<String> answer(ServerSocketChannel server, String response) {
        return CompletableFuture.supplyAsync(() -> {
            try (var connection = server.accept()) {
                var request = ByteBuffer.allocate(1024);
                while (!text(request).endsWith("\r\n\r\n")) {
                    connection.read(request);
                }
                var bytes = ByteBuffer.wrap(response.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    connection.write(bytes);
                }
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
