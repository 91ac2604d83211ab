package dev.tailnet.agent.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.observe.Decisions;
import dev.tailnet.agent.observe.LogLine;
import dev.tailnet.agent.testing.EventStreamReader;
import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.proxy.request.FailureReason;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class PageTest {
    private static final String BROWSER = "Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8\r\n";
    private static final Duration SOON = Duration.ofSeconds(10);

    private FakeStatusServer server;

    @BeforeEach
    @SuppressWarnings("NullAway")
    void start() throws Exception {
        server = new FakeStatusServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aBrowserGetsAPageThatCanRunNothingElse() throws Exception {
        String answer = server.get("/", BROWSER);

        assertThat(answer)
                .startsWith("HTTP/1.1 200")
                .contains("content-type: text/html; charset=utf-8", "<h1")
                .doesNotContain("/*STYLE*/", "/*SCRIPT*/");
        String policy = answer.lines()
                .filter(line -> line.startsWith("Content-Security-Policy: "))
                .findFirst()
                .orElseThrow();
        assertThat(policy)
                .contains("default-src 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'")
                .contains("style-src 'sha256-" + hash(between(answer, "<style>", "</style>")) + "'")
                .contains("script-src 'sha256-" + hash(between(answer, "<script>", "</script>")) + "'")
                .doesNotContain("unsafe", "http:", "https:");
        assertThat(answer).doesNotContain("src=\"http", "href=\"http", "@import", "url(");
    }

    @Test
    void othersGetAList() throws Exception {
        assertThat(server.get("/", "Accept: */*\r\n")).contains("content-type: text/plain", "/metrics");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/events"})
    void aForeignHostGetsNeither(String path) throws Exception {
        assertThat(server.get(path, "Host: attacker.example\r\n" + BROWSER)).startsWith("HTTP/1.1 421");
    }

    @Test
    void anotherSitesPageTakesNoViewersPlace() throws Exception {
        assertThat(server.get("/events", "Sec-Fetch-Site: cross-site\r\n")).startsWith("HTTP/1.1 403");
    }

    @Test
    void theStreamTellsAllAndThenWhatIsNew() throws Exception {
        server.agent.log.add(new LogLine(Instant.EPOCH, "info", "before"));
        server.agent.refused.decided(Decisions.failed(1, "bad.test", FailureReason.NOT_ALLOWED, "no"));
        try (var events = new EventStreamReader(server.open("/events", "Sec-Fetch-Site: same-origin\r\n"))) {
            assertThat(events.next("history").path("samples").isArray()).isTrue();
            JsonNode known = events.next("requests");
            assertThat(known.path("all").asBoolean()).isTrue();
            assertThat(known.path("blocked").path(0).path("target").asString()).isEqualTo("bad.test:443");
            assertThat(known.path("blocked").path(0).path("rule").asString()).isEqualTo("a-rule");
            assertThat(known.path("hosts").path(0)).hasToString("{\"host\":\"bad.test\",\"times\":1}");
            assertThat(events.next("log").path("lines").path(0).path("message").asString())
                    .isEqualTo("before");
            JsonNode tick = events.next("tick");
            assertThat(tick.path("state").asString()).isEqualTo("running");
            assertThat(tick.path("up").asLong()).isEqualTo(107);
            JsonNode status = events.next("status");
            assertThat(status.path("name").asString()).isEqualTo("box");
            assertThat(status.path("peerCounts").path("all").asInt()).isZero();

            server.agent.log.add(new LogLine(Instant.EPOCH, "warn", "after"));
            server.agent.refused.decided(Decisions.failed(2, "slow.test", FailureReason.TIMEOUT, "too late"));

            JsonNode news = events.next("requests");
            assertThat(news.path("all").asBoolean()).isFalse();
            assertThat(news.path("failed").path(0).path("reason").asString()).isEqualTo("timeout");
            JsonNode lines = events.next("log").path("lines");
            assertThat(lines).hasSize(1);
            assertThat(lines.path(0).path("message").asString()).isEqualTo("after");
        }
    }

    @Test
    void noMoreThanSoManyMayLook() throws Exception {
        List<EventStreamReader> viewers = new ArrayList<>();
        try {
            for (int i = 0; i < 16; i++) {
                viewers.add(new EventStreamReader(server.open("/events", "")));
                viewers.getLast().next("tick");
            }
            assertThat(server.get("/events", "")).startsWith("HTTP/1.1 503");
            assertThat(server.get("/status", "")).startsWith("HTTP/1.1 200");

            viewers.removeLast().close();

            assertThat(Eventually.get(SOON, this::firstLine, line -> line.contains(" 200 ")))
                    .isNotEmpty();
        } finally {
            for (EventStreamReader viewer : viewers) {
                viewer.close();
            }
        }
    }

    @Test
    void describesTheStatusDocument() throws Exception {
        assertThat(server.get("/status/schema", ""))
                .startsWith("HTTP/1.1 200")
                .contains("content-type: application/schema+json", "\"uptimeSeconds\"");
    }

    private String firstLine() {
        try (Socket viewer = server.open("/events", "")) {
            byte[] line = viewer.getInputStream().readNBytes(20);
            return new String(line, StandardCharsets.US_ASCII);
        } catch (IOException e) {
            return "";
        }
    }

    private static String between(String text, String start, String end) {
        int from = text.indexOf(start) + start.length();
        return text.substring(from, text.indexOf(end, from));
    }

    private static String hash(String text) throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        return Base64.getEncoder().encodeToString(hash);
    }
}
