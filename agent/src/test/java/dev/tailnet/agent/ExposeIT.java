package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.Curl;
import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.agent.testing.ProxyHeaderServer;
import dev.tailnet.agent.testing.SecondThoughtServer;
import dev.tailnet.agent.testing.Tunnel;
import dev.tailnet.agent.testing.Tunnel.Protocol;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.Peer;
import dev.tailnet.testnet.PeerOptions;
import dev.tailnet.testnet.TestNetwork;
import dev.tailnet.testnet.fixture.EchoServer;
import dev.tailnet.testnet.fixture.ResetServer;
import dev.tailnet.testnet.fixture.SinkServer;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two agents, of which the first exposes services that the second and a plain tailscaled reach. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExposeIT {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int DEAD_PORT = 3999;

    private TestNetwork network;
    private Peer peer;
    private AgentProcess first;
    private AgentProcess second;
    private final EchoServer echo = new EchoServer(LOOPBACK);
    private final EchoServer echo6 = new EchoServer(InetAddress.ofLiteral("::1"));
    private final SinkServer sink = new SinkServer(LOOPBACK);
    private final ResetServer resetting = new ResetServer(LOOPBACK);
    private final ProxyHeaderServer proxied = new ProxyHeaderServer(LOOPBACK);

    @BeforeAll
    void start() {
        network = TestNetwork.start();
        peer = network.startPeer("plain", PeerOptions.plain().withProxies());
        first = agent(
                "first",
                "--expose=3000,3001=127.0.0.1:" + proxied.port() + ",proxy-protocol," + DEAD_PORT + ",3002="
                        + sink.port() + ",3003=" + resetting.port() + ",3004=" + echo6.port());
        second = agent("second");
        first.awaitPeer("second");
    }

    private AgentProcess agent(String name, String... arguments) {
        return AgentProcess.in(network, name)
                .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                .arguments(arguments)
                .startAndAwaitRunning();
    }

    @AfterAll
    void stop() {
        first.close();
        second.close();
        network.close();
        List.of(echo, echo6, sink, resetting, proxied).forEach(server -> server.close());
    }

    @Test
    void servesWhatPythonServes() throws Exception {
        Path site = Files.createDirectories(network.directory().resolve("site"));
        Files.writeString(site.resolve("index.html"), "hello from first\n");
        Process python;
        try {
            python = new ProcessBuilder("python3", "-u", "-m", "http.server", "3000", "--bind", "127.0.0.1")
                    .directory(site.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(network.directory().resolve("python.log").toFile())
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "python3 is missing");
            return;
        }
        try {
            Eventually.get(SOON, () -> Curl.run("http://127.0.0.1:3000/").exitCode(), code -> code == 0);
            for (Curl curl : List.of(
                    second.overSocks("http://first:3000/"),
                    second.overHttp("http://first:3000/"),
                    Curl.run("-x", "http://127.0.0.1:" + second.proxyPort(), "http://first:3000/"),
                    second.overHttp("http://first.tailnet.test:3000/"),
                    Curl.run("-x", "socks5h://127.0.0.1:" + peer.socks5().getPort(), "http://first:3000/"))) {
                assertThat(curl.output()).as("%s%n%s", curl, first.log()).isEqualTo("hello from first\n");
            }
            first.awaitLog(
                    "INBOUND id=", " node=second.tailnet.test port=3000 service=127.0.0.1:3000 outcome=ESTABLISHED");
        } finally {
            python.destroy();
            python.waitFor();
        }
    }

    @Test
    void tellsTheServiceWhoConnects() throws IOException {
        for (int family = 0; family < 2; family++) {
            String from = address(second, family);
            String to = address(first, family);
            try (Tunnel tunnel = Tunnel.open(second.proxyPort(), Protocol.SOCKS5, to, 3001)) {
                tunnel.send("and more");
                tunnel.endOutput();
                assertThat(tunnel.receiveAll()).matches(from + " [0-9]+ " + to + " 3001\nand more");
            }
        }
    }

    @Test
    void refusesAConnectionToADeadService() {
        long refused = first.status().path("inbound").path("refused").asLong();
        Curl socks = second.overSocks("http://first:" + DEAD_PORT);
        Curl http = second.overHttp("http://first:" + DEAD_PORT);

        assertThat(socks.errors()).contains("(5)");
        assertThat(http.errors()).contains(" 502 ", "connection_refused");
        first.awaitLog(" port=" + DEAD_PORT + " service=127.0.0.1:" + DEAD_PORT + " outcome=CONNECTION_REFUSED");
        Eventually.get(
                SOON, () -> first.status().path("inbound").path("refused").asLong(), count -> count >= refused + 2);
        first.awaitMetrics("tailnet_inbound_connections_total\\{outcome=\"connection_refused\"} [1-9]");
    }

    @Test
    void refusesWhatIsNotExposed() {
        assertThat(second.overHttp("http://first:" + echo.port()).errors()).contains("connection_refused");
        assertThat(second.overHttp("http://first:" + first.proxyPort()).errors())
                .contains("connection_refused");
    }

    @Test
    void letsNothingInWhileNothingIsExposed() {
        assertThat(first.overHttp("http://second:" + echo.port()).errors())
                .contains(" 502 ", "destination_ip_prohibited", "shields up");
        assertThat(second.status().path("exposed")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void goesOnAfterThePeerHasEnded(Protocol protocol) throws IOException {
        try (Tunnel tunnel = Tunnel.open(second.proxyPort(), protocol, "first", 3002)) {
            tunnel.send("0123456789");
            tunnel.endOutput();
            var in = new DataInputStream(tunnel.socket().getInputStream());
            assertThat(in.readLong()).isEqualTo(10);
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    @Test
    void passesOnTheServicesReset() throws IOException {
        try (Tunnel tunnel = Tunnel.open(second.proxyPort(), Protocol.SOCKS5, "first", 3003)) {
            tunnel.send("x");
            assertThatThrownBy(tunnel::receiveAll)
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
    }

    @Test
    void reachesAServiceOnTheOtherLoopbackAddress() throws IOException {
        assertEchoes("first", 3004);
    }

    @Test
    void showsWhatIsExposed() {
        assertThat(first.status().path("exposed").path(1)).hasToString("""
                {"port":"3001","target":"127.0.0.1:%d","from":[],"proxyProtocol":true}""".formatted(proxied.port()));
    }

    /** The agent's own ports are not among all; both families, and a peer that resets. */
    @Test
    void allExposesWhateverListens() throws Exception {
        try (var whole = agent("whole", "--expose=all,from=second");
                var listening = new SecondThoughtServer(LOOPBACK, "")) {
            second.awaitPeer("whole");
            first.awaitPeer("whole");
            assertEchoes("whole", echo.port());
            assertEchoes(address(whole, 1), echo.port());
            assertEchoes("whole", echo6.port());
            for (int own : List.of(whole.proxyPort(), whole.listener("status").getPort())) {
                assertThat(second.overHttp("http://whole:" + own).errors()).contains("connection_refused");
            }
            assertThat(first.overHttp("http://whole:" + echo.port()).errors()).contains("connection_refused");

            Tunnel tunnel = Tunnel.open(second.proxyPort(), Protocol.SOCKS5, "whole", listening.port());
            tunnel.send("x");
            Eventually.get(SOON, listening::open, open -> open == 1);
            tunnel.reset();
            assertThat(listening.heard().get(10, TimeUnit.SECONDS)).isEqualTo("reset");
        }
    }

    private void assertEchoes(String host, int port) throws IOException {
        try (Tunnel tunnel = Tunnel.open(second.proxyPort(), Protocol.SOCKS5, host, port)) {
            tunnel.send("echo");
            tunnel.endOutput();
            assertThat(tunnel.receiveAll()).isEqualTo("echo");
        }
    }

    private static String address(AgentProcess agent, int family) {
        return InetAddress.ofLiteral(
                        agent.status().path("addresses").path(family).asString())
                .getHostAddress();
    }
}
