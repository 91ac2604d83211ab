package dev.tailnet.agent.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.tailnet.agent.ExitCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ControlProbeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static HttpServer server(int status, String body) throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(status, bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        });
        server.start();
        return server;
    }

    private static String ask(HttpServer server, Map<String, String> environment) throws StepFailure {
        URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        return ControlProbe.ask(url, Optional.empty(), environment, PATIENCE);
    }

    private static Finding failure(HttpServer server, Map<String, String> environment) {
        try {
            throw new AssertionError(ask(server, environment));
        } catch (StepFailure e) {
            return e.finding();
        }
    }

    @Test
    void aControlServerIsKnownByItsKey() throws Exception {
        var server = server(200, "{\"publicKey\":\"mkey:00\"}");
        try {
            assertThat(ask(server, Map.of())).endsWith("answers from here");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void anotherServerIsNone() throws Exception {
        var server = server(404, "no such page");
        try {
            var finding = failure(server, Map.of());
            assertThat(finding.cause()).isEqualTo(ExitCode.CONTROL_UNREACHABLE);
            assertThat(finding.words()).endsWith("answers, but not like a control server");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void behindAProxyTheProxyIsWhatCounts() throws Exception {
        var server = server(407, "who are you?");
        try {
            String proxy = "http://user:secret@127.0.0.1:" + server.getAddress().getPort();
            assertThat(ask(server, Map.of("http_proxy", proxy)))
                    .contains("through the proxy 127.0.0.1:")
                    .doesNotContain("secret");
            assertThat(failure(server, Map.of("HTTP_PROXY", "http://127.0.0.1:1"))
                            .words())
                    .contains("the proxy 127.0.0.1:1");
            assertThat(failure(server, Map.of("HTTP_PROXY", proxy, "NO_PROXY", "127.0.0.1"))
                            .words())
                    .contains("not like a control server");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void nobodyThereIsSaidSo() {
        assertThatThrownBy(
                        () -> ControlProbe.ask(URI.create("http://127.0.0.1:1"), Optional.empty(), Map.of(), PATIENCE))
                .hasMessageContaining("does not answer from here");
    }
}
