package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.CountingServer;
import dev.tailnet.agent.testing.Curl;
import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.agent.testing.JsonSchema;
import dev.tailnet.agent.testing.OnTestNetwork;
import dev.tailnet.agent.testing.Tunnel;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.TestAddresses;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The audit log of whole runs, with curl as the client: what stands in it is what clients and servers saw. */
class AuditIT extends OnTestNetwork {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int EACH = 6;

    @BeforeAll
    void startPeer() {
        var unused = network.startPeer("web");
    }

    private AgentProcess.Builder agent(String name) {
        return AgentProcess.in(network, name)
                .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                .arguments("--log-level=info");
    }

    /** A connection as curl made it: its own port, and where it wanted to go. */
    private record Asked(int clientPort, String host, int port) {}

    private static Asked asked(Curl curl, String host, int port) {
        return new Asked(Integer.parseInt(curl.output().substring(curl.output().lastIndexOf('#') + 1)), host, port);
    }

    private static Asked asked(JsonNode line) {
        String client = line.path("client").asString();
        return new Asked(
                Integer.parseInt(client.substring(client.lastIndexOf(':') + 1)),
                line.path("host").asString(),
                line.path("port").asInt());
    }

    @Test
    void isWhatClientsAndServersSaw() throws Exception {
        try (var behindPeer = new CountingServer(InetAddress.ofLiteral("127.0.0.1"));
                var direct = new CountingServer(TestAddresses.DIRECT_HOST_IPV4);
                var plain = new CountingServer(TestAddresses.DIRECT_HOST_IPV4)) {
            Path log = network.directory().resolve("audit.log");
            List<Asked> asked;
            AgentProcess.Said denied;
            String metrics;
            try (var running = agent("audited")
                    .arguments("--audit-log=" + log, "--audit-max-size=64k")
                    .startAndAwaitRunning()) {
                running.awaitPeer("web");
                asked = ask(running, behindPeer, direct, plain);
                assertThat(running.verb("nc", "web", String.valueOf(behindPeer.port()))
                                .exitCode())
                        .isZero();
                denied = running.verb("audit", "--denied");
                metrics = running.control("/metrics");
                assertThat(running.status().path("audit").path("log").asString())
                        .isEqualTo(log.toString());
            }
            List<JsonNode> lines = lines(log);
            assertThat(Files.getPosixFilePermissions(log)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
            checkForm(lines);
            Map<String, JsonNode> decisions = decisions(lines);
            checkThatEachAllowedHasOneEnd(lines, decisions);
            checkClients(decisions, asked);
            checkServers(lines, decisions, behindPeer, direct, plain);
            checkProcesses(decisions);
            assertThat(denied.exitCode()).as(denied.output()).isZero();
            assertThat(denied.output().lines())
                    .hasSize(2 * EACH)
                    .allMatch(line -> line.contains("  deny   ") && line.contains("not_allowed"));
            assertThat(metrics)
                    .contains("tailnet_audit_lines_total{result=\"lost\"} 0.0", "tailnet_policy_decisions_total");
        }
    }

    private List<Asked> ask(AgentProcess agent, CountingServer behindPeer, CountingServer direct, CountingServer plain)
            throws Exception {
        String socks = "socks5h://127.0.0.1:" + agent.proxyPort();
        String http = "http://127.0.0.1:" + agent.proxyPort();
        String directHost = TestAddresses.DIRECT_HOST_IPV4.getHostAddress();
        List<Callable<Asked>> all = new ArrayList<>();
        for (int i = 0; i < EACH; i++) {
            String path = "/" + i;
            all.add(() -> ok(directHost, plain.port(), "-x", http, path));
            all.add(() -> ok("web", behindPeer.port(), "-x", socks, "/socks" + path));
            all.add(() -> ok("web", behindPeer.port(), "-p", "-x", http, "/connect" + path));
            all.add(() -> ok(directHost, direct.port(), "-x", socks, path));
            all.add(() -> refused("127.0.0.1", 80, "-x", socks));
            all.add(() -> refused("169.254.169.254", 80, "-p", "-x", http));
            all.add(() -> refused("nosuchname", 80, "-x", socks));
            all.add(() -> refused("web", 1, "-p", "-x", http));
        }
        List<Asked> asked = new ArrayList<>();
        try (var clients = Executors.newFixedThreadPool(4)) {
            for (Future<Asked> one : clients.invokeAll(all)) {
                asked.add(one.get());
            }
        }
        return asked;
    }

    private static Curl curl(String host, int port, String path, List<String> arguments) {
        List<String> command = new ArrayList<>(arguments);
        command.addAll(List.of("-w", "#%{local_port}", "http://" + host + ":" + port + path));
        return Curl.run(command.toArray(String[]::new));
    }

    /** @param arguments the last is the path */
    private static Asked ok(String host, int port, String... arguments) {
        List<String> all = List.of(arguments);
        Curl curl = curl(host, port, all.getLast(), all.subList(0, all.size() - 1));
        assertThat(curl.output()).as("%s", curl).startsWith("hello#");
        return asked(curl, host, port);
    }

    private static Asked refused(String host, int port, String... arguments) {
        Curl curl = curl(host, port, "/", List.of(arguments));
        assertThat(curl.exitCode()).as("%s", curl).isIn(97, 56);
        return asked(curl, host, port);
    }

    private static List<JsonNode> lines(Path log) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(log)) {
            lines.add(JsonMapper.shared().readTree(line));
        }
        return lines;
    }

    private static void checkForm(List<JsonNode> lines) throws IOException {
        JsonSchema schema;
        try (var file = AuditIT.class.getResourceAsStream("audit/audit.schema.json")) {
            schema = JsonSchema.parse(new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8));
        }
        assertThat(lines)
                .allSatisfy(
                        line -> assertThat(schema.problems(line)).as("%s", line).isEmpty());
        assertThat(lines.getFirst().path("event").asString()).isEqualTo("start");
        assertThat(lines.getLast().path("event").asString()).isEqualTo("stop");
    }

    private static Map<String, JsonNode> decisions(List<JsonNode> lines) {
        Map<String, JsonNode> decisions = new HashMap<>();
        for (JsonNode line : lines) {
            if (line.path("event").asString().equals("decision")) {
                assertThat(decisions.put(line.path("id").asString(), line))
                        .as("twice: %s", line)
                        .isNull();
            }
        }
        return decisions;
    }

    private static void checkThatEachAllowedHasOneEnd(List<JsonNode> lines, Map<String, JsonNode> decisions) {
        List<String> allowed = decisions.values().stream()
                .filter(line -> line.path("decision").asString().equals("allow"))
                .map(line -> line.path("id").asString())
                .toList();
        List<String> ended = lines.stream()
                .filter(line -> line.path("event").asString().equals("close"))
                .map(line -> line.path("id").asString())
                .toList();
        assertThat(ended).containsExactlyInAnyOrderElementsOf(allowed);
    }

    private static void checkClients(Map<String, JsonNode> decisions, List<Asked> asked) {
        List<Asked> told = decisions.values().stream()
                .filter(line -> !line.path("protocol").asString().equals("cli"))
                .map(AuditIT::asked)
                .toList();
        assertThat(told).containsExactlyInAnyOrderElementsOf(asked);
        for (JsonNode line : decisions.values()) {
            String expected = switch (line.path("host").asString()) {
                case "127.0.0.1", "169.254.169.254" -> "deny";
                case "nosuchname" -> "fail";
                default -> line.path("port").asInt() == 1 ? "fail" : "allow";
            };
            assertThat(line.path("decision").asString()).as("%s", line).isEqualTo(expected);
        }
    }

    private static void checkServers(
            List<JsonNode> lines,
            Map<String, JsonNode> decisions,
            CountingServer behindPeer,
            CountingServer direct,
            CountingServer plain) {
        assertThat(behindPeer.accepted()).isEqualTo(2 * EACH + 1).isEqualTo(allowedTo(decisions, behindPeer));
        assertThat(direct.accepted()).isEqualTo(EACH).isEqualTo(allowedTo(decisions, direct));
        assertThat(plain.paths()).hasSize(EACH).doesNotHaveDuplicates();
        assertThat(allowedTo(decisions, plain)).isEqualTo(EACH);
        for (CountingServer server : List.of(behindPeer, direct)) {
            assertThat(sum(lines, server, "bytesUp")).isEqualTo(server.received());
            assertThat(sum(lines, server, "bytesDown")).isEqualTo(server.sent());
        }
        assertThat(sum(lines, plain, "bytesDown")).isEqualTo((long) EACH * "hello".length());
        assertThat(lines.stream().filter(line -> line.path("port").asInt() == behindPeer.port()))
                .allMatch(line -> line.path("route").asString().equals("tailnet"));
    }

    private static long allowedTo(Map<String, JsonNode> decisions, CountingServer server) {
        return decisions.values().stream()
                .filter(line -> line.path("port").asInt() == server.port())
                .count();
    }

    private static long sum(List<JsonNode> lines, CountingServer server, String key) {
        return lines.stream()
                .filter(line -> line.path("event").asString().equals("close")
                        && line.path("port").asInt() == server.port())
                .mapToLong(line -> line.path(key).asLong())
                .sum();
    }

    private static void checkProcesses(Map<String, JsonNode> decisions) throws IOException {
        int uid = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        List<JsonNode> known = decisions.values().stream()
                .map(line -> line.path("process"))
                .filter(JsonNode::isObject)
                .toList();
        assertThat(known).allMatch(process -> process.path("uid").asInt() == uid);
        assertThat(decisions.values().stream()
                        .filter(line -> line.path("protocol").asString().equals("cli")))
                .singleElement()
                .satisfies(line ->
                        assertThat(line.path("process").path("pid").asInt()).isPositive());
    }

    @Test
    void namesTheProcessOfALocalClient() {
        Path log = network.directory().resolve("processes.log");
        int own = (int) ProcessHandle.current().pid();
        try (var page = new CountingServer(TestAddresses.DIRECT_HOST_IPV4);
                var agent = agent("processes").arguments("--audit-log=" + log).startAndAwaitRunning()) {
            // Nobody looks for long: on a busy machine it may take several connections.
            Eventually.get(
                    SOON,
                    () -> decisionOnATunnelTo(page, agent, log),
                    line -> line.path("process").path("pid").asInt(0) == own);
        }
    }

    private static JsonNode decisionOnATunnelTo(CountingServer page, AgentProcess agent, Path log) {
        try (var tunnel = Tunnel.open(agent.proxyPort(), Tunnel.Protocol.SOCKS5, "198.51.100.10", page.port())) {
            String client = "127.0.0.1:" + tunnel.socket().getLocalPort();
            return Eventually.get(
                            SOON,
                            () -> decisionsIn(log).stream()
                                    .filter(line ->
                                            line.path("client").asString().equals(client))
                                    .toList(),
                            lines -> !lines.isEmpty())
                    .getFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<JsonNode> decisionsIn(Path log) {
        try {
            return List.copyOf(decisions(lines(log)).values());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aFullDiskIsToldAndNothingElseStops() {
        try (var page = new CountingServer(TestAddresses.DIRECT_HOST_IPV4);
                var agent = agent("full")
                        .arguments("--audit-log=/dev/full", "--audit-on-failure=not-ready")
                        .startAndAwaitRunning()) {
            String readyz = Eventually.get(SOON, () -> agent.control("/readyz"), answer -> answer.contains(" 503 "));
            assertThat(readyz).contains("the audit cannot be written to /dev/full: No space left on device");
            assertThat(agent.overHttp("http://198.51.100.10:" + page.port()).output())
                    .isEqualTo("hello");
            assertThat(agent.control("/metrics")).contains("tailnet_audit_broken 1.0");
            assertThat(agent.status().path("audit").path("trouble").asString()).contains("No space left");
            assertThat(agent.log().lines().filter(line -> line.contains("cannot be written to /dev/full")))
                    .hasSize(1);
        }
    }

    @Test
    void whereNothingMayGoUnrecordedRequestsWaitForTheCollector() throws Exception {
        Path socket = network.directory().resolve("collector.sock");
        try (var page = new CountingServer(TestAddresses.DIRECT_HOST_IPV4);
                var agent = agent("strict")
                        .arguments("--audit-log=unix:" + socket, "--audit-on-failure=block")
                        .startAndAwaitRunning()) {
            Eventually.get(SOON, () -> agent.control("/readyz"), answer -> answer.contains(" 503 "));
            var curl = CompletableFuture.supplyAsync(() -> agent.overSocks("http://198.51.100.10:" + page.port()));
            Eventually.get(
                    SOON,
                    () -> agent.status().path("connections").path("waiting").asInt(),
                    waiting -> waiting == 1);
            assertThat(page.accepted()).isZero();
            try (var collector = ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                            .bind(UnixDomainSocketAddress.of(socket));
                    SocketChannel accepted = collector.accept();
                    var lines = new BufferedReader(Channels.newReader(accepted, StandardCharsets.US_ASCII))) {
                assertThat(curl.get().output()).isEqualTo("hello");
                assertThat(lines.readLine()).contains("\"event\":\"start\"");
                assertThat(lines.readLine()).contains("\"event\":\"decision\"", "\"decision\":\"allow\"");
                assertThat(lines.readLine()).contains("\"event\":\"close\"");
            }
        }
    }

    @Test
    void aLogThatCannotBeOpenedEndsTheStart() {
        AgentProcess agent =
                agent("nowhere").arguments("--audit-log=/nowhere/audit.log").launch();
        assertThat(agent.awaitExit()).isEqualTo(ExitCode.AUDIT.code());
        assertThat(agent.log())
                .contains("the audit log /nowhere/audit.log cannot be opened: /nowhere/audit.log does not exist");
    }
}
