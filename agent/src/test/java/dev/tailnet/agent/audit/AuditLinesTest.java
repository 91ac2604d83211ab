package dev.tailnet.agent.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.testing.JsonSchema;
import dev.tailnet.proxy.audit.Decision;
import dev.tailnet.proxy.audit.Ruling;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.ConnectRequest.Protocol;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.InboundRequest;
import dev.tailnet.proxy.request.LocalClient;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.request.Target;
import dev.tailnet.proxy.request.TunnelEnd;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AuditLinesTest {
    private final AuditLines lines = new AuditLines("run1");
    private final JsonSchema schema = schema();

    private static JsonSchema schema() {
        try (var file = AuditLines.class.getResourceAsStream("audit.schema.json")) {
            return JsonSchema.parse(new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private JsonNode read(AuditEvent event, @Nullable ClientProcess process) {
        String line = new String(lines.line(event, process), StandardCharsets.US_ASCII);
        assertThat(line).doesNotContain("\n").matches("\\p{ASCII}*");
        JsonNode json = JsonMapper.shared().readTree(line);
        assertThat(schema.problems(json)).as(line).isEmpty();
        return json;
    }

    @Test
    void aConnectionFromTheTailnetHasItsPeerAndService() {
        var request = new InboundRequest(
                false,
                new InetSocketAddress("100.64.0.9", 50_000),
                "web.tailnet.test",
                List.of("tag:ci"),
                new InetSocketAddress("100.64.0.1", 3000));
        var service = new InetSocketAddress("127.0.0.1", 9000);
        var decided = read(
                new AuditEvent.DecidedInbound(
                        Events.TIME, new InboundDecision(7, request, service, new Ruling("enforce", "ci", null), null)),
                null);
        assertThat(decided.path("id").asString()).isEqualTo("run1-i7");
        assertThat(decided.path("protocol").asString()).isEqualTo("inbound");
        assertThat(decided.path("client").asString()).isEqualTo("100.64.0.9:50000");
        assertThat(decided.path("host").asString()).isEqualTo("100.64.0.1");
        assertThat(decided.path("port").asInt()).isEqualTo(3000);
        assertThat(decided.path("peer").toString()).isEqualTo("{\"node\":\"web.tailnet.test\",\"is\":[\"tag:ci\"]}");
        assertThat(decided.path("service").asString()).isEqualTo("127.0.0.1:9000");
        assertThat(decided.path("decision").asString()).isEqualTo("allow");
        assertThat(decided.path("rule").asString()).isEqualTo("ci");

        var denied = read(
                new AuditEvent.DecidedInbound(
                        Events.TIME,
                        new InboundDecision(
                                8,
                                request,
                                null,
                                new Ruling("enforce", "expose", null),
                                new ConnectFailure(FailureReason.NOT_ALLOWED, "not exposed to this peer"))),
                null);
        assertThat(denied.path("decision").asString()).isEqualTo("deny");
        assertThat(denied.path("service").isNull()).isTrue();

        var ended = read(
                new AuditEvent.EndedInbound(
                        Events.TIME,
                        new InboundEnd(
                                7,
                                request,
                                service,
                                new TunnelEnd(TunnelEnd.Cause.FINISHED, 5, 9, ""),
                                Duration.ofSeconds(2))),
                null);
        assertThat(ended.path("event").asString()).isEqualTo("close");
        assertThat(ended.path("bytesDown").asInt()).isEqualTo(9);
    }

    @Test
    void aDecisionHasAllThatIsKnownOfIt() {
        var json = read(new AuditEvent.Decided(Events.TIME, Events.allowed(42)), new ClientProcess(1000, 1234, "curl"));

        assertThat(json).isEqualTo(JsonMapper.shared().readTree("""
                        {"time":"2026-01-02T03:04:05.678901Z","event":"decision","id":"run1-42","protocol":"socks5",
                        "client":"127.0.0.1:40000","role":"ci","host":"db.internal","port":5432,"name":"db.internal",
                        "process":{"pid":1234,"uid":1000,"command":"curl"},"addresses":["100.64.0.7"],
                        "answeredBy":"MagicDNS","address":"100.64.0.7","route":"tailnet","peer":null,"service":null,"decision":"allow","mode":"report","rule":"databases","wouldDeny":"not today",
                        "reason":null,"message":null,"waitedMs":0.0,"lookupMs":2.0,"dialMs":1.235}
                        """));
    }

    @Test
    void aCloseHasBytesTimeAndReason() {
        var json = read(
                new AuditEvent.Ended(Events.TIME, Events.closed(42, TunnelEnd.Cause.RESET, "the target broke off")),
                null);

        assertThat(json).isEqualTo(JsonMapper.shared().readTree("""
                        {"time":"2026-01-02T03:04:05.678901Z","event":"close","id":"run1-42","protocol":"socks5",
                        "client":"127.0.0.1:40000","role":"ci","host":"db.internal","port":5432,"name":"db.internal",
                        "address":"100.64.0.7","route":"tailnet","peer":null,"service":null,"bytesUp":10,"bytesDown":20,"durationMs":3000.0,
                        "reason":"reset","message":"the target broke off"}
                        """));
    }

    @Test
    void aRefusalNamesItsRule() {
        var json = read(new AuditEvent.Decided(Events.TIME, Events.denied(1, "metadata", "not there")), null);

        assertThat(json.path("decision").asString()).isEqualTo("deny");
        assertThat(json.path("rule").asString()).isEqualTo("metadata");
        assertThat(json.path("reason").asString()).isEqualTo("not_allowed");
        assertThat(json.path("process").isNull()).isTrue();
    }

    @Test
    void everyReasonIsInTheSchema() {
        for (FailureReason reason : FailureReason.values()) {
            var json = read(
                    new AuditEvent.Decided(Events.TIME, Events.failed(1, null, new ConnectFailure(reason, "words"))),
                    new ClientProcess(0, null, null));
            boolean isRefusal = reason == FailureReason.NOT_ALLOWED || reason == FailureReason.TOO_MANY_CONNECTIONS;
            assertThat(json.path("decision").asString()).isEqualTo(isRefusal ? "deny" : "fail");
        }
        for (TunnelEnd.Cause cause : TunnelEnd.Cause.values()) {
            read(new AuditEvent.Ended(Events.TIME, Events.closed(1, cause, "")), null);
        }
    }

    @Test
    void everyProtocolAndKindOfClientIsInTheSchema() {
        var clients = List.of(
                new LocalClient(7, 8), new InetSocketAddress(InetAddress.ofLiteral("fd00::1"), 1), Events.CLIENT);
        List<String> shown = new ArrayList<>();
        for (Protocol protocol : Protocol.values()) {
            for (var client : clients) {
                var request = new ConnectRequest(
                        1, protocol, client, null, new Target(new Host.Address(InetAddress.ofLiteral("::1")), 1));
                var json = read(new AuditEvent.Decided(Events.TIME, Events.allowed(request)), null);
                shown.add(json.path("client").asString());
                assertThat(json.path("name").isNull()).isTrue();
            }
        }
        assertThat(shown).contains("local", "[fd00::1]:1", "127.0.0.1:40000");
    }

    @Test
    void whatOthersMakeUpStaysInOneLineOfASCII() {
        String nasty = "\u001b[2J\n\r\u2028\ud800\"\\\u009b" + "x".repeat(10_000);
        var json = read(new AuditEvent.Decided(Events.TIME, Events.denied(1, "r", nasty)), null);

        assertThat(json.path("message").asString())
                .startsWith("\u001b[2J\n\r\u2028")
                .hasSizeLessThan(600);
    }

    @Test
    void theLongestLineIsOneThatAPipeTakesWhole() {
        var addresses = Collections.nCopies(100, InetAddress.ofLiteral("fd7a:115c:a1e0:ffff:ffff:ffff:ffff:ffff"));
        String longest = "\u00e4".repeat(512);
        var request = new ConnectRequest(
                Long.MAX_VALUE,
                Protocol.HTTP_CONNECT,
                new InetSocketAddress(addresses.getFirst(), 65_535),
                "\u00fc".repeat(127),
                new Target(new Host.Name("n".repeat(253)), 65_535));
        var decision = new Decision(
                request,
                addresses,
                "split DNS (fd7a:115c:a1e0:ffff:ffff:ffff:ffff:ffff)",
                addresses.getFirst(),
                Route.UPSTREAM_PROXY,
                new Ruling("enforce", "r".repeat(600), longest),
                new ConnectFailure(FailureReason.NOT_ALLOWED, longest),
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO);
        byte[] line = lines.line(new AuditEvent.Decided(Events.TIME, decision), new ClientProcess(1, 1, "x"));
        assertThat(line.length).isLessThan(4096);
        read(new AuditEvent.Decided(Events.TIME, decision), new ClientProcess(1, 1, "x"));
    }

    @Test
    void theAgentsLifeAndGapsAreLinesToo() {
        assertThat(read(new AuditEvent.Running(Events.TIME, true), null)
                        .path("event")
                        .asString())
                .isEqualTo("start");
        assertThat(read(new AuditEvent.Running(Events.TIME, false), null)
                        .path("run")
                        .asString())
                .isEqualTo("run1");
        assertThat(read(new AuditEvent.Lost(Events.TIME, 3), null).path("count").asInt())
                .isEqualTo(3);
    }
}
