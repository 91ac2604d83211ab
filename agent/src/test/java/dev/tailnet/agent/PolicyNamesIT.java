package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.Association;
import dev.tailnet.agent.testing.Curl;
import dev.tailnet.agent.testing.DnsLookup;
import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.NetworkOptions;
import dev.tailnet.testnet.Peer;
import dev.tailnet.testnet.PeerOptions;
import dev.tailnet.testnet.TestAddresses;
import dev.tailnet.testnet.TestNetwork;
import dev.tailnet.testnet.fixture.DnsServer;
import dev.tailnet.testnet.fixture.PageServer;
import dev.tailnet.testnet.fixture.UdpEchoServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.naming.NameNotFoundException;
import javax.naming.OperationNotSupportedException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Names and what they lead to, under rules about both, by every way in. The rules stand in the agent's file, and SIGHUP has it read. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PolicyNamesIT {
    private static final Duration RELOAD = Duration.ofSeconds(20);
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress METADATA = InetAddress.ofLiteral("169.254.169.254");
    private static final InetAddress EVIL_DNS = InetAddress.ofLiteral("127.0.0.53");
    private static final InetAddress DIRECT = TestAddresses.DIRECT_HOST_IPV4;
    private static final int FORWARD_PORT = 15_432;
    private static final int REBINDING_PORT = 15_433;
    private static final int TURNING_PORT = 15_434;
    private static final String TURNING = "turn.rebind.test";

    private TestNetwork network;
    private Peer peer;
    private AgentProcess agent;
    private DnsServer hostDns;
    private DnsServer evilDns;
    private PageServer peerPage;
    private PageServer directPage;
    private UdpEchoServer directEcho;
    private UdpEchoServer hostEcho;
    private Path configuration;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException {
        peerPage = new PageServer(LOOPBACK, "this host");
        directPage = new PageServer(DIRECT, peerPage.port(), "the internet");
        hostEcho = new UdpEchoServer(LOOPBACK);
        directEcho = new UdpEchoServer(DIRECT);
        hostDns = new DnsServer(LOOPBACK, 53)
                .with("mixed.outside.test", DIRECT, InetAddress.ofLiteral("203.0.113.66"))
                .with("bad.outside.test", InetAddress.ofLiteral("203.0.113.66"))
                .with("home.outside.test", LOOPBACK)
                .with("api.outside.test", DIRECT);
        evilDns = new DnsServer(EVIL_DNS, 53).timeToLive(0);
        // By split DNS, which tells the time to live: without one, answers are remembered for some seconds.
        network = TestNetwork.start(NetworkOptions.defaults().withSplitDns("rebind.test", EVIL_DNS.getHostAddress()));
        peer = network.startPeer("web", PeerOptions.plain());
        configuration = directory.resolve("agent.yaml");
        write("mode: enforce", "default: allow");
        agent = AgentProcess.in(network, "box")
                .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                .arguments(
                        "--config=" + configuration,
                        "--dns-listen=127.0.0.1:0",
                        "--forward=" + FORWARD_PORT + "=web:" + peerPage.port() + "," + REBINDING_PORT
                                + "=forward.rebind.test:" + directPage.port() + "," + TURNING_PORT + "=forward."
                                + TURNING
                                + ":" + directPage.port())
                .startAndAwaitRunning();
        agent.awaitPeer("web");
    }

    @AfterAll
    void stop() {
        Stream.of(agent, network, hostDns, evilDns, peerPage, directPage, hostEcho, directEcho)
                .forEach(PolicyNamesIT::close);
    }

    private static void close(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aDenialOfOneNameOfAPeerHoldsForTheOther() throws Exception {
        for (String denied : List.of("web.tailnet.test", "web")) {
            use("default: allow", "rules:", "  - {name: no web, action: deny, hosts: [" + denied + "]}");
            for (String asked : List.of("web", "WEB.tailnet.test.")) {
                String url = "http://" + asked + ":" + peerPage.port();
                assertThat(agent.overSocks(url).exitCode()).as(asked).isEqualTo(97);
                assertThat(agent.overHttp(url).errors()).as(asked).contains("response 403");
                assertThat(plain(url).output()).as(asked).contains("rule 'no web'", "agent.yaml, line");
                assertThat(agent.verb("nc", asked, String.valueOf(peerPage.port()))
                                .output())
                        .contains("rule 'no web'");
                assertThatThrownBy(() -> lookUp(asked)).isInstanceOf(OperationNotSupportedException.class);
                agent.awaitLogLines("Looking up web", "is refused", "rule 'no web'");
                assertThat(agent.verb("policy", "test", asked + ":80").output()).contains("denied by no web");
                try (Association datagrams = Association.open(agent.proxyPort())) {
                    datagrams.send(asked, 9, new byte[1]);
                    agent.awaitLogLines("protocol=SOCKS5_UDP", "outcome=NOT_ALLOWED", "rule=no web");
                }
            }
            assertThat(Curl.run("http://127.0.0.1:" + FORWARD_PORT).errors()).contains("onnection reset");
            agent.awaitLogLines("protocol=FORWARD", "target=web:", "outcome=NOT_ALLOWED", "rule=no web");
            use("default: allow");
            assertThat(Curl.run("http://127.0.0.1:" + FORWARD_PORT).output()).isEqualTo("this host");
        }
    }

    @Test
    void anAllowanceOfOneNameOfAPeerHoldsForTheOther() throws Exception {
        for (String allowed : List.of("web.tailnet.test", "web", ".tailnet.test")) {
            use("default: deny", "rules:", "  - {name: web, action: allow, hosts: [" + allowed + "]}");
            for (String asked : List.of("web", "web.tailnet.test")) {
                String url = "http://" + asked + ":" + peerPage.port();
                assertThat(agent.overSocks(url).output()).as(asked).isEqualTo("this host");
                assertThat(plain(url).output()).as(asked).isEqualTo("this host");
                assertThat(lookUp(asked)).containsExactly(peer.ipv4());
                assertThat(agent.verb("policy", "test", asked + ":80").output()).contains("allowed by web");
            }
            long before = hostDns.queries();
            assertThat(plain("http://secret:80").output()).contains("secret:80 is allowed by no rule");
            assertThat(plain("http://web.outside.test:80").output()).contains("allowed by no rule");
            assertThatThrownBy(() -> lookUp("secret")).isInstanceOf(OperationNotSupportedException.class);
            assertThat(hostDns.queries()).as("nobody outside hears of these").isEqualTo(before);
        }
        use(
                "default: deny",
                "rules:",
                "  - {name: web, action: allow, hosts: [web.tailnet.test]}",
                "  - {name: not so, action: deny, hosts: [web]}");
        assertThat(plain("http://web.tailnet.test:" + peerPage.port()).output()).contains("rule 'not so'");
    }

    @Test
    void answersOfTheDnsListenerAreJudgedByAddress() throws Exception {
        use("default: allow", "rules:", "  - {name: block, action: deny, cidrs: [203.0.113.0/24]}");
        assertThat(lookUp("mixed.outside.test")).containsExactly(DIRECT.getHostAddress());
        assertThatThrownBy(() -> lookUp("bad.outside.test")).isInstanceOf(OperationNotSupportedException.class);
        assertThatThrownBy(() -> lookUp("home.outside.test")).isInstanceOf(OperationNotSupportedException.class);
        use(
                "denied-names: nxdomain",
                "default: allow",
                "rules:",
                "  - {name: block, action: deny, cidrs: [203.0.113.0/24]}");
        assertThatThrownBy(() -> lookUp("bad.outside.test")).isInstanceOf(NameNotFoundException.class);
        use("mode: report", "default: allow", "rules:", "  - {name: block, action: deny, cidrs: [203.0.113.0/24]}");
        assertThat(lookUp("mixed.outside.test")).hasSize(2);
        assertThat(lookUp("bad.outside.test")).containsExactly("203.0.113.66");
    }

    /** The name leads to the internet, then to this host, then to the cloud's metadata: no answer of the second kind is dialed. */
    @Test
    void aNameThatIsReboundLeadsNowhere() throws Exception {
        use("default: allow");
        rebind(DIRECT);
        String port = ":" + directPage.port() + "/";
        assertThat(agent.overSocks("http://socks.rebind.test" + port).output()).isEqualTo("the internet");
        assertThat(agent.overHttp("http://connect.rebind.test" + port).output()).isEqualTo("the internet");
        assertThat(plain("http://http.rebind.test" + port).output()).isEqualTo("the internet");
        assertThat(Curl.run("http://127.0.0.1:" + REBINDING_PORT).output()).isEqualTo("the internet");
        try (Association datagrams = Association.open(agent.proxyPort())) {
            assertThat(datagrams
                            .exchange("udp.rebind.test", directEcho.port(), new byte[] {1})
                            .payload())
                    .hasSize(1);
        }
        for (String kind : List.of("loopback", "link-local")) {
            InetAddress behind = kind.equals("loopback") ? LOOPBACK : METADATA;
            rebind(behind);
            assertThat(agent.overSocks("http://socks.rebind.test" + port).exitCode())
                    .isEqualTo(97);
            assertThat(agent.overHttp("http://connect.rebind.test" + port).errors())
                    .contains("response 403");
            // The connection of the first request is still there; another port is another connection.
            assertThat(plain("http://http.rebind.test:" + (directPage.port() + 1))
                            .output())
                    .contains("http.rebind.test (" + behind.getHostAddress());
            assertThat(Curl.run("http://127.0.0.1:" + REBINDING_PORT).output()).isEmpty();
            try (Association datagrams = Association.open(agent.proxyPort())) {
                datagrams.send("udp.rebind.test", hostEcho.port(), new byte[] {1});
                agent.awaitLogLines("target=udp.rebind.test", "rule=" + kind);
            }
            for (String way : List.of("socks", "connect", "http", "forward")) {
                agent.awaitLogLines("target=" + way + ".rebind.test", "outcome=NOT_ALLOWED", "rule=" + kind);
            }
        }
    }

    /** Whoever looked a name up again to dial it would be led to this host. */
    @Test
    void theAddressThatWasJudgedIsTheOneThatIsDialed() throws Exception {
        use("default: allow");
        for (String way : List.of("socks", "connect", "http", "forward")) {
            evilDns.inTurn(way + "." + TURNING, DIRECT, LOOPBACK);
        }
        String port = ":" + directPage.port() + "/";
        leadsToTheInternetOrNowhere(() -> agent.overSocks("http://socks." + TURNING + port));
        leadsToTheInternetOrNowhere(() -> agent.overHttp("http://connect." + TURNING + port));
        leadsToTheInternetOrNowhere(() -> Curl.run("http://127.0.0.1:" + TURNING_PORT));
        // Once alone: the connection to the first answer is kept. The agent may ask the server again, so either can be
        // its answer.
        assertThat(plain("http://http." + TURNING + port).output())
                .matches("the internet|(?s).*\\(127\\.0\\.0\\.1\\) is this host itself.*");
    }

    /** Asks until both have been seen. */
    private static void leadsToTheInternetOrNowhere(Supplier<Curl> request) {
        Set<String> seen = new HashSet<>();
        Eventually.get(
                RELOAD,
                () -> {
                    seen.add(request.get().output());
                    assertThat(seen).isSubsetOf("the internet", "");
                    return seen.size();
                },
                kinds -> kinds == 2);
    }

    @Test
    void aRedirectToMetadataIsRefused() throws Exception {
        use("default: allow");
        var server = HttpServer.create(new InetSocketAddress(DIRECT, 0), 0);
        server.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Location", "http://169.254.169.254/latest/meta-data/");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        server.start();
        try {
            String url = "http://api.outside.test:" + server.getAddress().getPort() + "/";
            assertThat(plain(url, "-L").output()).contains("169.254.169.254 is a link-local address");
            assertThat(agent.overHttp(url, "-L").errors()).contains("302", "response 403");
            assertThat(agent.overSocks(url, "-L").exitCode()).isEqualTo(97);
        } finally {
            server.stop(0);
        }
    }

    private void rebind(InetAddress address) {
        for (String way : List.of("socks", "connect", "http", "forward", "udp")) {
            evilDns.with(way + ".rebind.test", address);
        }
    }

    private List<String> lookUp(String name) throws Exception {
        return DnsLookup.ask(agent.listener("dns"), "A", name);
    }

    private Curl plain(String url, String... arguments) {
        return Curl.run(
                Stream.concat(Stream.of("-x", "http://127.0.0.1:" + agent.proxyPort(), url), Stream.of(arguments))
                        .toArray(String[]::new));
    }

    private void write(String... lines) throws IOException {
        var text = new StringBuilder("policy:\n");
        for (String line : lines) {
            text.append("  ").append(line).append('\n');
        }
        Files.writeString(configuration, text);
    }

    private void use(String... lines) throws IOException {
        int before = reloads();
        write(lines);
        agent.hangUp();
        Eventually.get(RELOAD, this::reloads, count -> count > before);
    }

    private int reloads() {
        return agent.log().split("Configuration reloaded", -1).length;
    }
}
