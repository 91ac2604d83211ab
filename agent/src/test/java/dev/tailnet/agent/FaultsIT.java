package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.Curl;
import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.agent.testing.Tunnel;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.TestAddresses;
import dev.tailnet.testnet.TestNetwork;
import dev.tailnet.testnet.fixture.EchoServer;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What never answers, never ends or goes away, met by an agent with short limits. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultsIT {
    private static final Duration SOON = Duration.ofSeconds(15);
    private static final int CLIENTS = 50;

    private DatagramSocket silentDns;
    private EchoServer echo;
    private TestNetwork network;
    private AgentProcess agent;

    @BeforeAll
    void start() throws IOException {
        silentDns = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 53));
        echo = new EchoServer(TestAddresses.DIRECT_HOST_IPV4);
        network = TestNetwork.start();
        agent = AgentProcess.in(network, "short-tempered")
                .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                .arguments("--dial-timeout=2s", "--idle-timeout=1s", "--handshake-timeout=2s", "--max-header-size=1k")
                .startAndAwaitRunning();
    }

    @AfterAll
    void stop() {
        agent.close();
        network.close();
        echo.close();
        silentDns.close();
    }

    @Test
    void aResolverThatNeverAnswersIsATimeout() {
        assertThat(agent.overHttp("http://unanswered.test").errors()).contains("HTTP/1.1 504", "error=dns_timeout");
    }

    @Test
    void theDialsLimitHolds() {
        Curl curl = agent.overHttp("http://" + TestAddresses.BLACKHOLE.getHostAddress());

        assertThat(curl.errors()).contains("HTTP/1.1 504", "error=connection_timeout");
        assertThat(curl.took()).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void clientsThatVanishDuringTheDialLeaveNothingBehind() throws IOException {
        double before = metric("tailnet_connections_total\\{outcome=\"cancelled\",protocol=\"http_connect\"}");
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(send("CONNECT " + TestAddresses.BLACKHOLE.getHostAddress() + ":80 HTTP/1.1\r\n\r\n"));
        }
        Eventually.get(SOON, () -> agent.status().at("/connections/waiting").asInt(), waiting -> waiting > 0);
        for (Socket client : clients) {
            client.setSoLinger(true, 0);
            client.close();
        }

        Eventually.get(
                SOON,
                () -> agent.status().path("connections"),
                now -> now.path("waiting").asInt() + now.path("handshaking").asInt() == 0);
        assertThat(metric("tailnet_connections_total\\{outcome=\"cancelled\",protocol=\"http_connect\"}"))
                .as("some dials may have come to their end")
                .isGreaterThan(before);
    }

    @Test
    void anIdleTunnelEnds() throws IOException {
        try (Tunnel tunnel = Tunnel.open(
                agent.proxyPort(),
                Tunnel.Protocol.SOCKS5,
                TestAddresses.DIRECT_HOST_IPV4.getHostAddress(),
                echo.port())) {
            tunnel.send("x");
            assertThat(tunnel.receive(1)).isEqualTo("x");

            assertThat(ended(tunnel.socket())).isTrue();
        }
        Eventually.get(SOON, () -> metric("tailnet_tunnels_closed_total\\{cause=\"idle\"}"), count -> count > 0);
    }

    @Test
    void aSlowRequestIsToldSo() throws IOException {
        try (Socket client = send("CONNECT somewhere:80 HTTP/1.1\r\n")) {
            assertThat(all(client)).startsWith("HTTP/1.1 408 ");
        }
        assertThat(metric("tailnet_connections_rejected_total\\{reason=\"handshake_timeout\"}"))
                .isPositive();
    }

    @Test
    void aLargeHeaderIsToldSo() throws IOException {
        try (Socket client = send("CONNECT somewhere:80 HTTP/1.1\r\nX: " + "x".repeat(2_000) + "\r\n\r\n")) {
            assertThat(all(client)).startsWith("HTTP/1.1 431 ");
        }
        assertThat(metric("tailnet_connections_rejected_total\\{reason=\"max_header_size\"}"))
                .isPositive();
    }

    private Socket send(String request) throws IOException {
        var client = new Socket(InetAddress.ofLiteral("127.0.0.1"), agent.proxyPort());
        client.setSoTimeout((int) SOON.toMillis());
        client.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return client;
    }

    private static String all(Socket client) throws IOException {
        return new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /** By an end or by a reset. */
    private static boolean ended(Socket socket) throws IOException {
        socket.setSoTimeout((int) SOON.toMillis());
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (SocketException e) {
            return true;
        }
    }

    private double metric(String name) {
        Matcher line =
                Pattern.compile("^" + name + " (\\S+)$", Pattern.MULTILINE).matcher(agent.control("/metrics"));
        return line.find() ? Double.parseDouble(line.group(1)) : 0;
    }
}
