package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.agent.testing.TlsIdentity;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.NetworkOptions;
import dev.tailnet.testnet.NetworkOptions.DnsRecord;
import dev.tailnet.testnet.Peer;
import dev.tailnet.testnet.PeerOptions;
import dev.tailnet.testnet.TestAddresses;
import dev.tailnet.testnet.TestNetwork;
import dev.tailnet.testnet.fixture.EchoServer;
import dev.tailnet.testnet.fixture.SilentServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code tailnet-agent check HOST:PORT} of a node that runs: each thing that can be in the way, on a real tailnet. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CheckIT {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final Duration CHANGE = Duration.ofSeconds(20);
    private static final Duration DIAL = Duration.ofSeconds(5);

    private TestNetwork network;
    private Peer web;
    private AgentProcess agent;
    private EchoServer echo;

    @BeforeAll
    void start() throws IOException {
        echo = new EchoServer(LOOPBACK);
        network = TestNetwork.start(NetworkOptions.defaults()
                .withExtraRecords(
                        DnsRecord.a("private.internal.test", "10.255.1.2"),
                        DnsRecord.a("subnet.internal.test", TestAddresses.SUBNET_HOST_IPV4.getHostAddress())));
        web = network.startPeer("web", PeerOptions.subnetRouter());
        agent = AgentProcess.in(network, "box")
                .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                .arguments("--dial-timeout=" + DIAL.toSeconds() + "s")
                .startAndAwaitRunning();
        agent.awaitPeer("web");
        Eventually.get(CHANGE, () -> agent.verb("resolve", "192.0.2.10").output(), said -> said.contains("subnet"));
    }

    @AfterAll
    void stop() {
        agent.close();
        network.close();
        echo.close();
    }

    /** What {@code check --json} said, in an environment without proxy variables. */
    private JsonNode check(Map<String, String> environment, String... arguments) {
        var all = new ArrayList<>(List.of("--json"));
        all.addAll(List.of(arguments));
        var said = agent.verb(environment, "check", all.toArray(String[]::new));
        JsonNode report = JsonMapper.shared().readTree(said.output());
        assertThat(report.path("exitCode").asInt()).as(said.output()).isEqualTo(said.exitCode());
        return report;
    }

    private JsonNode check(String... arguments) {
        return check(Map.of(), arguments);
    }

    private static String details(JsonNode report, String step) {
        return report.path("steps")
                .valueStream()
                .filter(it -> it.path("step").asString().equals(step))
                .map(it ->
                        it.path("outcome").asString() + " " + it.path("details").asString())
                .findFirst()
                .orElse("");
    }

    private static void assertFails(JsonNode report, ExitCode cause, String words) {
        assertThat(report.path("cause").asString("")).as("%s", report).isEqualTo(cause.id());
        assertThat(report.path("exitCode").asInt()).isEqualTo(cause.code());
        assertThat(report.path("message").asString("")).contains(words);
        assertThat(report.path("fix").isNull()).isFalse();
    }

    @Test
    void aNodeThatIsUpIsSaidToBe() {
        var said = agent.verb(Map.of(), "check");

        assertThat(said.exitCode()).as("%s", said).isZero();
        assertThat(said.output())
                .contains(
                        "ok   registration   box.tailnet.test, 100.64.",
                        "ok   relay          DERP test",
                        "the node is up");
    }

    @Test
    void aReachableTargetIsToldStepByStep() {
        var said = agent.verb(Map.of(), "check", "web:" + echo.port());

        assertThat(said.exitCode()).as("%s", said).isZero();
        assertThat(said.output())
                .containsSubsequence(
                        "ok   name           " + web.ipv4(),
                        "(MagicDNS)",
                        "ok   policy         allowed",
                        "ok   route          tailnet, node web",
                        "ok   path           ",
                        "ok   connection     " + web.ipv4() + " port " + echo.port(),
                        "note direct egress  closed: ",
                        "note environment    no proxy variables",
                        "web:" + echo.port() + " can be reached");
    }

    @Test
    void aSubnetRouteIsToldWithItsRouter() throws IOException {
        try (var server = new EchoServer(TestAddresses.SUBNET_HOST_IPV4)) {
            JsonNode report = check("subnet.internal.test:" + server.port());

            assertThat(report.path("ok").asBoolean()).as("%s", report).isTrue();
            assertThat(details(report, "route")).isEqualTo("passed subnet route, by web");
            assertThat(details(report, "name")).contains("192.0.2.10 (extra record)");
            assertThat(report.path("directEgress").asString())
                    .as("the host is in this very namespace")
                    .isEqualTo("open");
        }
    }

    @Test
    void aServiceThatIsStoppedRefuses() throws IOException {
        int port;
        try (var unused = new EchoServer(LOOPBACK)) {
            port = unused.port();
        }
        assertFails(check("web:" + port), ExitCode.CONNECTION_REFUSED, "refused the connection");
    }

    @Test
    void aPortThatNoAclOpensIsDeniedAtOnceOverIpv4() {
        network.setPolicy("""
                {"acls": [{"action": "accept", "src": ["*"], "dst": ["*:%d"]}]}
                """.formatted(echo.port()));
        try {
            JsonNode report = Eventually.get(
                    CHANGE,
                    () -> check("web:9"),
                    it -> !it.path("cause").asString("").equals(ExitCode.CONNECTION_REFUSED.id()));

            assertFails(report, ExitCode.ACL_DENIED, "the tailnet's ACLs do not let this node connect to that port");
            assertThat(report.path("fix").asString()).contains("from box.tailnet.test to port 9 of web");
            assertThat(took(report, "connection")).isLessThan(DIAL);
            assertThat(details(report, "path")).startsWith("passed ");
            assertThat(agent.overHttp("http://web:9").errors())
                    .contains("HTTP/1.1 502", "error=destination_ip_prohibited");
            assertThat(agent.overSocks("http://web:9").errors()).contains("(2)");

            JsonNode overIpv6 = check("[" + web.ipv6() + "]:9");
            assertFails(overIpv6, ExitCode.ACL_DENIED, "answers pings");
            assertThat(check("web:" + echo.port()).path("ok").asBoolean()).isTrue();
        } finally {
            network.openPolicy();
            Eventually.get(
                    CHANGE,
                    () -> check("web:9"),
                    it -> it.path("cause").asString("").equals(ExitCode.CONNECTION_REFUSED.id()));
        }
    }

    private static Duration took(JsonNode report, String step) {
        return report.path("steps")
                .valueStream()
                .filter(it -> it.path("step").asString().equals(step))
                .map(it -> Duration.ofNanos(Math.round(it.path("milliseconds").asDouble() * 1e6)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aPrivateAddressHasNoSubnetRoute() {
        assertFails(check("private.internal.test:80"), ExitCode.NO_SUBNET_ROUTE, "10.255.1.2 is a private address");
    }

    @Test
    void aNameThatDoesNotExistIsUnknown() {
        JsonNode report = check("wbe.tailnet.test:80");

        assertFails(report, ExitCode.NAME_UNKNOWN, "did you mean web.tailnet.test?");
        assertThat(details(report, "name")).startsWith("failed ");
    }

    @Test
    void anAddressThatNobodyHasIsNotOnTheTailnet() {
        assertFails(check("100.99.99.99:80"), ExitCode.NOT_ON_TAILNET, "no node has");
    }

    @Test
    void whatThePolicyRefusesIsSaidToBeRefusedByIt() {
        assertFails(check("127.0.0.1:" + echo.port()), ExitCode.POLICY_DENIED, "this host itself");
    }

    @Test
    void aPeerThatIsGoneIsOffline() {
        var brief = network.startPeer("brief");
        agent.awaitPeer("brief");
        assertThat(check("brief:" + echo.port()).path("ok").asBoolean()).isTrue();
        brief.kill();

        assertFails(check("brief:" + echo.port()), ExitCode.PEER_OFFLINE, "answers neither the connection nor a ping");
    }

    @Test
    void directEgressIsToldOfATargetOutside() throws IOException {
        try (var server = new EchoServer(TestAddresses.DIRECT_HOST_IPV4)) {
            JsonNode report = check(TestAddresses.DIRECT_HOST_IPV4.getHostAddress() + ":" + server.port());

            assertThat(report.path("ok").asBoolean()).as("%s", report).isTrue();
            assertThat(report.path("directEgress").asString()).isEqualTo("open");
            assertThat(details(report, "route")).contains("outside the tailnet");
        }
    }

    @Test
    void proxyVariablesThatLeadElsewhereAreFound() {
        JsonNode report = check(Map.of("HTTPS_PROXY", "http://user:secret@127.0.0.1:9"), "web:" + echo.port());

        assertFails(report, ExitCode.PROXY_VARIABLES, "HTTPS_PROXY leads to 127.0.0.1:9");
        assertThat(report.toString()).doesNotContain("secret");
        assertThat(check(Map.of("HTTPS_PROXY", "http://127.0.0.1:" + agent.proxyPort()), "web:" + echo.port())
                        .path("ok")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void theTimeIsTheUsers() throws IOException {
        try (var server = new SilentServer(LOOPBACK)) {
            assertFails(
                    check("--tls", "--timeout=500ms", "web:" + server.port()),
                    ExitCode.TLS_FAILED,
                    "does not answer a TLS handshake");
        }
    }

    @Test
    void aCertificateIsJudgedAsClientsDo() throws Exception {
        Path directory = Files.createDirectory(network.directory().resolve("tls"));
        var maker = new TlsIdentity.Maker(directory);
        var authority = maker.authority("ca");
        Map<String, String> trusting = Map.of(
                "SSL_CERT_FILE", authority.writePem(directory.resolve("ca.pem")).toString());
        try (var good = secure(maker.signed("good", "ca", "dns:web", "dns:web.tailnet.test"));
                var other = secure(maker.signed("other", "ca", "dns:other.tailnet.test"));
                var self = secure(maker.selfSigned("web.tailnet.test"));
                var old = secure(maker.expired("web"))) {
            JsonNode trusted = check(trusting, "--tls", "web.tailnet.test:" + good.getLocalPort());
            assertThat(trusted.path("ok").asBoolean()).as("%s", trusted).isTrue();
            assertThat(details(trusted, "certificate")).startsWith("passed for web.tailnet.test, valid until 20");
            assertFails(
                    check("--tls", "web:" + good.getLocalPort()), ExitCode.CERTIFICATE_UNTRUSTED, "is signed by CN=ca");
            assertFails(
                    check(trusting, "--tls", "web:" + other.getLocalPort()),
                    ExitCode.CERTIFICATE_NAME,
                    "not for web but for other.tailnet.test");
            assertFails(
                    check("--tls", "web.tailnet.test:" + self.getLocalPort()),
                    ExitCode.CERTIFICATE_UNTRUSTED,
                    "self-signed");
            assertFails(check("--tls", "web:" + old.getLocalPort()), ExitCode.CERTIFICATE_EXPIRED, "expired at 20");
            assertFails(check("--tls", "web:" + echo.port()), ExitCode.TLS_FAILED, "no TLS with web");
        }
    }

    private static ServerSocket secure(TlsIdentity identity) throws IOException {
        var server = identity.server().getServerSocketFactory().createServerSocket(0, 10, LOOPBACK);
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try (var socket = (SSLSocket) server.accept()) {
                    socket.startHandshake();
                } catch (IOException e) {
                    // The next one, or the end.
                }
            }
        });
        return server;
    }
}
