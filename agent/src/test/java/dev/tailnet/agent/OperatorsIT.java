package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.Browser;
import dev.tailnet.agent.testing.Curl;
import dev.tailnet.agent.testing.EventStreamReader;
import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.agent.testing.JsonSchema;
import dev.tailnet.agent.testing.OtlpReceiver;
import dev.tailnet.agent.testing.Tunnel;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.TestAddresses;
import dev.tailnet.testnet.TestNetwork;
import dev.tailnet.testnet.fixture.EchoServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What an operator sees of an agent at work: with curl, in a browser, in a collector. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OperatorsIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    private TestNetwork network;
    private AgentProcess agent;
    private String endpoint;

    @BeforeAll
    @SuppressWarnings("NullAway")
    void start() {
        network = TestNetwork.start();
        var unused = network.startPeer("web");
        agent = AgentProcess.in(network, "box")
                .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                .startAndAwaitRunning();
        agent.awaitPeer("web");
        endpoint = "http://127.0.0.1:" + agent.listener("status").getPort();
    }

    @AfterAll
    void stop() {
        agent.close();
        network.close();
    }

    @Test
    void curlShowsStatusHealthAndMetrics() {
        assertThat(Curl.run(endpoint + "/healthz").output()).isEqualTo("ok\n");
        assertThat(Curl.run(endpoint + "/readyz").output()).isEqualTo("ready\n");
        assertThat(Curl.run(endpoint + "/status").output()).contains("\"state\" : \"running\"", "\"name\" : \"box\"");
        assertThat(Curl.run(endpoint + "/metrics").output()).contains("tailnet_node_state{state=\"running\"} 1.0");
        assertThat(Curl.run(endpoint + "/").output()).contains("/status", "/metrics");
        assertThat(Curl.run("-H", "Host: rebound.example", endpoint + "/events").output())
                .contains("not this endpoint");
    }

    @Test
    void theStatusIsAsItsSchemaSays() {
        var schema = JsonSchema.parse(Curl.run(endpoint + "/status/schema").output());
        JsonNode status = agent.status();
        assertThat(status.path("peers").size()).isPositive();
        assertThat(schema.problems(status)).isEmpty();
    }

    @Test
    void theStreamCountsTheBytesOfATunnelWhileItIsOpen() throws Exception {
        for (String host : new String[] {"web", TestAddresses.DIRECT_HOST_IPV4.getHostAddress()}) {
            InetAddress address = host.equals("web") ? LOOPBACK : TestAddresses.DIRECT_HOST_IPV4;
            try (var server = new EchoServer(address);
                    Tunnel tunnel = Tunnel.open(agent.proxyPort(), Tunnel.Protocol.SOCKS5, host, server.port());
                    var events = stream()) {
                tunnel.send("x".repeat(5000));
                assertThat(tunnel.receive(5000)).hasSize(5000);

                JsonNode row = row(events, host + ":" + server.port());
                assertThat(row.path("up").asLong()).isEqualTo(5000);
                assertThat(row.path("down").asLong()).isEqualTo(5000);
                assertThat(row.path("route").asString()).isEqualTo(host.equals("web") ? "tailnet" : "direct");
                assertThat(row.path("protocol").asString()).isEqualTo("socks5");
            }
        }
    }

    @Test
    void theStreamTellsOfWhatIsRefused() throws Exception {
        try (var events = stream()) {
            events.next("requests");
            agent.overSocks("http://169.254.169.254/latest/meta-data/");

            JsonNode news = events.next("requests");
            assertThat(news.path("blocked").path(0).path("target").asString()).isEqualTo("169.254.169.254:80");
            assertThat(news.path("hosts").path(0).path("host").asString()).isEqualTo("169.254.169.254");
        }
    }

    @Test
    void aPeerInUseHasAPathAndARoundTrip() throws Exception {
        try (var server = new EchoServer(LOOPBACK);
                Tunnel tunnel = Tunnel.open(agent.proxyPort(), Tunnel.Protocol.SOCKS5, "web", server.port());
                var events = stream()) {
            JsonNode peer = events.next("status").path("peers").path(0);
            while (peer.path("latencyMillis").isMissingNode()) {
                tunnel.send("x");
                assertThat(tunnel.receive(1)).isEqualTo("x");
                peer = events.next("status").path("peers").path(0);
            }
            assertThat(peer.path("name").asString()).isEqualTo("web");
            assertThat(peer.path("path").asString()).matches("(direct|derp) .+");
            assertThat(peer.path("latencyMillis").asDouble()).isPositive();
        }
    }

    @Test
    void theBrowserShowsIt(@TempDir Path directory) throws IOException {
        assumeTrue(
                Browser.missing().isEmpty(),
                () -> Browser.missing() + " is missing: install chromium, chromium-driver");
        try (var server = new EchoServer(LOOPBACK);
                Tunnel tunnel = Tunnel.open(agent.proxyPort(), Tunnel.Protocol.SOCKS5, "web", server.port());
                Browser browser = Browser.start(directory)) {
            browser.size(1280, 900, false);
            tunnel.send("x".repeat(40_000));
            assertThat(tunnel.receive(40_000)).hasSize(40_000);
            browser.open(endpoint + "/");
            browser.await("return document.querySelector('#state-word').textContent === 'Running'");
            browser.await("return document.querySelector('#name').textContent === 'box'");
            browser.await("return document.querySelector('#connections-rows').textContent.includes('40 kB')");
            browser.await("return document.querySelectorAll('#peers-rows tr').length === 1");
            browser.screenshot(Path.of("target", "screenshots", "agent.png"));
            assertThat(browser.complaints()).isEmpty();
        }
    }

    /** The last seconds of a sandbox that lives shorter than any interval. */
    @Test
    void aCollectorHearsAllOfAShortLife() throws Exception {
        try (var receiver = new OtlpReceiver();
                var server = new EchoServer(LOOPBACK)) {
            AgentProcess sandbox = AgentProcess.in(network, "brief")
                    .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                    .environment("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url())
                    .environment("OTEL_EXPORTER_OTLP_HEADERS", "Authorization=Bearer%20s3cret-of-the-collector")
                    .environment("OTEL_SERVICE_NAME", "sandboxes")
                    .startAndAwaitRunning();
            try (sandbox) {
                sandbox.awaitPeer("web");
                try (Tunnel tunnel = Tunnel.open(sandbox.proxyPort(), Tunnel.Protocol.SOCKS5, "web", server.port())) {
                    tunnel.send("x".repeat(1000));
                    assertThat(tunnel.receive(1000)).hasSize(1000);
                }
                assertThat(new String(
                                java.nio.file.Files.readAllBytes(Path.of("/proc/" + sandbox.pid() + "/environ")),
                                StandardCharsets.UTF_8))
                        .doesNotContain("s3cret-of-the-collector");
                sandbox.terminate();
                assertThat(sandbox.awaitExit()).isZero();
            }
            OtlpReceiver.Push last = receiver.pushes().getLast();
            assertThat(last.headers()).containsEntry("Authorization", "Bearer s3cret-of-the-collector");
            assertThat(last.resource())
                    .containsEntry("service.name", "sandboxes")
                    .containsEntry("service.instance.id", "brief");
            assertThat(last.value("tailnet.connections", Map.of("protocol", "socks5", "outcome", "established")))
                    .isEqualTo(1);
            assertThat(last.value("tailnet.bytes", Map.of("direction", "up"))).isEqualTo(1000);
            assertThat(sandbox.log()).doesNotContain("s3cret-of-the-collector");
        }
    }

    @Test
    void promtoolAcceptsTheAlertsAndTheScrape() throws Exception {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(":"))
                        .anyMatch(folder -> Path.of(folder, "promtool").toFile().canExecute()),
                "promtool is missing: install prometheus");
        Process rules = new ProcessBuilder(
                        "promtool", "check", "rules", "../packaging/observability/prometheus-rules.yaml")
                .redirectErrorStream(true)
                .start();
        assertThat(new String(rules.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("SUCCESS");
        assertThat(rules.waitFor()).isZero();

        Process metrics = new ProcessBuilder("promtool", "check", "metrics")
                .redirectErrorStream(true)
                .start();
        try (var input = metrics.getOutputStream()) {
            input.write(Curl.run(endpoint + "/metrics").output().getBytes(StandardCharsets.UTF_8));
        }
        assertThat(new String(metrics.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .doesNotContain("error while linting", "parsing");
    }

    private EventStreamReader stream() throws IOException {
        var socket = new Socket(LOOPBACK, agent.listener("status").getPort());
        socket.setSoTimeout((int) SOON.toMillis());
        socket.getOutputStream()
                .write("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return new EventStreamReader(socket);
    }

    private static JsonNode row(EventStreamReader events, String target) {
        return Eventually.get(
                SOON,
                () -> {
                    try {
                        return events.next("tick")
                                .path("connections")
                                .valueStream()
                                .filter(row -> row.path("target").asString().equals(target))
                                .findFirst()
                                .orElseThrow(() -> new AssertionError(target + " is not among the connections"));
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                },
                row -> row.path("down").asLong() == 5000);
    }
}
