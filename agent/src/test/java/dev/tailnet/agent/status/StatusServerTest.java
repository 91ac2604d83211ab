package dev.tailnet.agent.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.agent.StartFailure;
import dev.tailnet.agent.audit.AuditCounts;
import dev.tailnet.agent.audit.AuditReport;
import dev.tailnet.agent.logging.Logging;
import dev.tailnet.agent.metrics.Metrics;
import dev.tailnet.agent.metrics.Sources;
import dev.tailnet.agent.node.NodeState;
import dev.tailnet.proxy.datagram.DatagramCounters;
import dev.tailnet.proxy.dns.DnsCounts;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.resolve.CacheCounts;
import dev.tailnet.proxy.resolve.Resolution;
import dev.tailnet.proxy.resolve.Resolver;
import dev.tailnet.proxy.resolve.Resolvers;
import dev.tailnet.proxy.server.EventLoops;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class StatusServerTest {
    private static final int TIMEOUT_MILLIS = 10_000;

    @TempDir
    Path directory;

    private final FakeAgent agent = new FakeAgent();
    private final Resolver names = (name, timeout, executor) -> name.equals("broken.test")
            ? executor.newFailedFuture(new ConnectFailure(FailureReason.RESOLUTION_FAILED, "SERVFAIL"))
            : executor.newSucceededFuture(new Resolution(
                    name.equals("db.test") ? List.of(InetAddress.ofLiteral("100.64.0.7")) : List.of(),
                    List.of(),
                    Duration.ofSeconds(5),
                    "MagicDNS",
                    true));
    private EventLoops loops;
    private StatusServer server;
    private InetSocketAddress address;
    private Path socket;

    @BeforeEach
    @SuppressWarnings("NullAway")
    void start() throws Exception {
        loops = EventLoops.open(1);
        server = new StatusServer(
                loops.group(),
                agent,
                new LocalApi(loops.group(), () -> null),
                new NameLookup(new Resolvers(names, names), address -> Route.TAILNET),
                new Metrics(new Sources(
                        agent::nodeState,
                        agent::self,
                        agent::connections,
                        agent::nodeSample,
                        agent::inbound,
                        () -> new CacheCounts(0, 0, 0, 0),
                        () -> DnsCounts.NONE,
                        new DatagramCounters()::counts,
                        agent::audit)),
                (client, target) -> false,
                DebugPages.of(() -> "hostname: box\n", Logging.recent(), new LocalApi(loops.group(), () -> null)),
                Clock.fixed(Instant.parse("2026-01-01T00:01:00Z"), ZoneOffset.UTC));
        address = server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        socket = directory.resolve("agent.sock");
        server.bind(socket);
    }

    @AfterEach
    void stop() {
        server.close();
        loops.close();
    }

    @Test
    void tellsTheStatusAsJson() throws IOException {
        String answer = get("/status");

        assertThat(answer).startsWith("HTTP/1.1 200 OK").contains("content-type: application/json");
        JsonNode status = JsonMapper.shared().readTree(body(answer));
        assertThat(status.path("state").asString()).isEqualTo("running");
        assertThat(status.path("name").asString()).isEqualTo("box");
        assertThat(status.path("dnsName").asString()).isEqualTo("box.tailnet.test");
        assertThat(status.path("tags").path(0).asString()).isEqualTo("tag:ci");
        assertThat(status.path("keyExpiry").isNull()).isTrue();
        assertThat(status.path("controlServer").asString()).isEqualTo("http://127.0.0.1:8080");
        assertThat(status.path("listeners").path(0).path("address").asString()).isEqualTo("127.0.0.1:1055");
        assertThat(status.path("connections").path("tunnels").asInt()).isEqualTo(3);
        assertThat(status.path("connections").path("bytesDown").asInt()).isEqualTo(200);
        assertThat(status.path("exposed").path(0)).hasToString("""
                {"port":"3000","target":"localhost:3000","from":["tag:ci"],"proxyProtocol":true}""");
        assertThat(status.path("inbound")).hasToString("""
                {"open":1,"accepted":5,"refused":3,"bytesUp":7,"bytesDown":8}""");
        assertThat(status.path("uptimeSeconds").asInt()).isEqualTo(60);
        assertThat(status.path("version").path("tailscale").asString()).isEqualTo("tailscale.com v1.102.5");
        assertThat(status.path("warnings").path(0).asString()).contains("the node is not there yet");
    }

    @Test
    void warnsOfAnExitNodeThatIsNotInUse() throws IOException {
        agent.exitNodeTrouble = "gate is not an exit node";

        assertThat(get("/status")).contains("no exit node: gate is not an exit node");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            db.test     | {"name":"db.test","addresses":[{"address":"100.64.0.7","route":"tailnet"}],"ttlSeconds":5,"answeredBy":"MagicDNS","cached":true,"error":null}
            DB.test.    | {"name":"db.test","addresses":[{"address":"100.64.0.7","route":"tailnet"}],"ttlSeconds":5,"answeredBy":"MagicDNS","cached":true,"error":null}
            none.test   | {"name":"none.test","addresses":[],"ttlSeconds":5,"answeredBy":"MagicDNS","cached":true,"error":null}
            broken.test | {"name":"broken.test","addresses":[],"ttlSeconds":null,"answeredBy":null,"cached":false,"error":"SERVFAIL"}
            192.0.2.1   | {"name":"192.0.2.1","addresses":[{"address":"192.0.2.1","route":"tailnet"}],"ttlSeconds":null,"answeredBy":"no lookup","cached":false,"error":null}
            """)
    void looksNamesUpOnTheControlSocket(String name, String document) throws IOException {
        String answer = overControlSocket("/resolve?name=" + name);

        assertThat(answer).startsWith("HTTP/1.1 200");
        assertThat(JsonMapper.shared().readTree(body(answer)))
                .isEqualTo(JsonMapper.shared().readTree(document));
    }

    @Test
    void looksNoNameUpOnTheTcpPort() throws IOException {
        assertThat(get("/resolve?name=db.test")).startsWith("HTTP/1.1 404");
        assertThat(body(overControlSocket("/resolve"))).contains("is empty");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /debug/config     | 200 | hostname: box
            /debug/threads    | 200 | "status-
            /debug/system     | 200 | processors:
            /debug/log        | 200 | ''
            /debug/goroutines | 503 | the node is not there yet
            /debug/prefs      | 503 | the node is not there yet
            """)
    void showsWhatABugReportNeedsOnTheControlSocketAlone(String path, int status, String part) throws IOException {
        assertThat(overControlSocket(path)).startsWith("HTTP/1.1 " + status).contains(part);
        assertThat(get(path)).startsWith("HTTP/1.1 404");
    }

    @Test
    void isReadyWhileTheNodeRunsAndTheProxiesListen() throws IOException {
        assertThat(get("/readyz")).startsWith("HTTP/1.1 200").endsWith("\r\n\r\nready\n");

        agent.accepting = false;

        assertThat(get("/readyz")).startsWith("HTTP/1.1 503").contains("not accepting");
    }

    @Test
    void isNotReadyWithoutTheAuditThatItNeeds() throws IOException {
        agent.audit = new AuditReport("/a/log", true, new AuditCounts(5, 0, 3, "No space left on device"));

        assertThat(get("/readyz"))
                .startsWith("HTTP/1.1 503")
                .endsWith("\r\n\r\nthe audit cannot be written to /a/log: No space left on device\n");
        assertThat(get("/status")).contains("\"audit\"", "\"/a/log\"", "No space left on device");

        agent.audit = new AuditReport("/a/log", false, new AuditCounts(5, 0, 3, "No space left on device"));

        assertThat(get("/readyz")).startsWith("HTTP/1.1 200");
    }

    @Test
    void saysWhyItIsNotReady() throws IOException {
        agent.state =
                new NodeState(NodeState.Kind.NEEDS_LOGIN, "auth key rejected by http://c", NodeState.Outlook.STUCK);

        assertThat(get("/readyz"))
                .startsWith("HTTP/1.1 503")
                .endsWith("\r\n\r\nthe node is not up (needs-login): auth key rejected by http://c\n");
        assertThat(get("/healthz")).startsWith("HTTP/1.1 200");
        assertThat(get("/status")).contains("\"needs-login\"", "auth key rejected by http://c");
    }

    @Test
    void servesAProxyAutoConfiguration() throws IOException {
        assertThat(get("/proxy.pac"))
                .startsWith("HTTP/1.1 200")
                .contains(
                        "content-type: application/x-ns-proxy-autoconfig\r\n",
                        "PROXIES = \"PROXY 127.0.0.1:1055; SOCKS5 127.0.0.1:1055\";",
                        "EVERYTHING = false;",
                        "function FindProxyForURL(url, host)");
    }

    @Test
    void tunnelsOnlyOverTheControlSocket() throws IOException {
        String connect = "CONNECT web:22 HTTP/1.1\r\nHost: web:22\r\n\r\n";
        assertThat(overSocket(connect))
                .startsWith("HTTP/1.1 503")
                .endsWith("as many connections are open as the limit allows\n");
        assertThat(overSocket("CONNECT web HTTP/1.1\r\nHost: web\r\n\r\n"))
                .startsWith("HTTP/1.1 400")
                .endsWith("'web' is not of the form host:port\n");
        assertThat(exchange(connect)).doesNotContain("HTTP/1.1 503", "HTTP/1.1 2");
    }

    @Test
    void servesMetrics() throws IOException {
        assertThat(get("/metrics"))
                .startsWith("HTTP/1.1 200")
                .contains(
                        "content-type: text/plain; version=0.0.4",
                        "tailnet_node_state{state=\"running\"} 1.0",
                        "tailnet_bytes_total{direction=\"down\"} 200.0",
                        "tailnet_connections_open{phase=\"tunnel\"} 3.0",
                        "jvm_memory_used_bytes",
                        "tailnet_go_heap_bytes 1048576.0");
    }

    @Test
    void listsItsPages() throws IOException {
        assertThat(get("/")).startsWith("HTTP/1.1 200").contains("/status", "/healthz", "/readyz", "/metrics");
        assertThat(get("/nothing")).startsWith("HTTP/1.1 404");
    }

    @Test
    void answersHeadWithoutABody() throws IOException {
        String answer = exchange("HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");

        assertThat(answer)
                .startsWith("HTTP/1.1 200")
                .contains("content-length: 3")
                .endsWith("\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "BREW"})
    void allowsOnlyReading(String method) throws IOException {
        assertThat(exchange(method + " /status HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"))
                .startsWith("HTTP/1.1 405")
                .contains("allow: GET, HEAD");
    }

    @ParameterizedTest
    @CsvSource({
        "localhost,200",
        "localhost:9002,200",
        "LOCALHOST,200",
        "127.0.0.1,200",
        "127.0.0.1:1,200",
        "[::1]:9002,200",
        "attacker.example,421",
        "127.0.0.1.attacker.example,421",
        "localhost.attacker.example:9002,421",
        "192.0.2.1,421",
        "'',421"
    })
    void refusesForeignHosts(String host, int status) throws IOException {
        assertThat(exchange("GET /status HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
                .startsWith("HTTP/1.1 " + status);
    }

    @Test
    void refusesARequestWithoutHost() throws IOException {
        assertThat(exchange("GET /status HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 421");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0000\u0001\u0002\r\n\r\n", "GET\r\n\r\n", "GET /status HTTP/9.9.9\r\n\r\n"})
    void answersNonsenseAndGoesOn(String nonsense) throws IOException {
        assertThat(exchange(nonsense)).startsWith("HTTP/1.1 4");
        assertThat(get("/healthz")).startsWith("HTTP/1.1 200");
    }

    @Test
    void servesTheControlSocketToThisUserWhateverTheHost() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw-------");
        assertThat(overControlSocket("/healthz")).startsWith("HTTP/1.1 200").endsWith("ok\n");
    }

    @Test
    void replacesASocketLeftBehindAndTakesItsOwnAway() throws Exception {
        Path stale = directory.resolve("stale.sock");
        Files.createFile(stale);

        server.bind(stale);
        server.close();

        assertThat(stale).doesNotExist();
        assertThat(socket).doesNotExist();
    }

    @Test
    void saysWhichPortIsTaken() {
        assertThatThrownBy(() -> server.bind(address))
                .isInstanceOfSatisfying(
                        StartFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.LISTEN))
                .hasMessageContaining("127.0.0.1:" + address.getPort())
                .hasMessageContaining("--status-listen");
    }

    private String overControlSocket(String path) throws IOException {
        return overSocket("GET " + path + " HTTP/1.1\r\nHost: agent\r\n\r\n");
    }

    private String get(String path) throws IOException {
        return exchange("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }

    private String exchange(String request) throws IOException {
        try (Socket client = new Socket()) {
            client.connect(address, TIMEOUT_MILLIS);
            client.setSoTimeout(TIMEOUT_MILLIS);
            client.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String overSocket(String request) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String body(String answer) {
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }
}
