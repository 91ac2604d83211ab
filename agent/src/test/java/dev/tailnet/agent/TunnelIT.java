package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.agent.testing.SecondThoughtServer;
import dev.tailnet.agent.testing.Tunnel;
import dev.tailnet.agent.testing.Tunnel.Protocol;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.TestAddresses;
import dev.tailnet.testnet.TestNetwork;
import dev.tailnet.testnet.fixture.EchoServer;
import dev.tailnet.testnet.fixture.ResetServer;
import dev.tailnet.testnet.fixture.ServerFirstServer;
import dev.tailnet.testnet.fixture.SinkServer;
import dev.tailnet.testnet.fixture.SourceServer;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a tunnel carries: every byte, each end by itself, a reset as a reset, and much of it in flat memory. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TunnelIT {
    private static final InetAddress PEER = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress DIRECT = TestAddresses.DIRECT_HOST_IPV4;
    private static final long BULK_BYTES = Long.getLong("dev.tailnet.it.bulk.bytes", 1L << 30);

    /** Fills the node's packet buffers, which are kept for the next packets. */
    private static final long WARM_UP_BYTES = 768L << 20;

    private static final long FLAT_BYTES = 128L << 20;

    private TestNetwork network;
    private AgentProcess agent;

    @BeforeAll
    void start() {
        network = TestNetwork.start();
        var unused = network.startPeer("web");
        agent = AgentProcess.in(network, "box")
                .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                .startAndAwaitRunning();
    }

    @AfterAll
    void stop() {
        agent.close();
        network.close();
    }

    /** A handshake's protocol, and a way to the target: by the peer, or directly. */
    private record Way(Protocol protocol, boolean tailnet) {
        InetAddress serverAddress() {
            return tailnet ? PEER : DIRECT;
        }

        String host() {
            return tailnet ? "web" : DIRECT.getHostAddress();
        }
    }

    static Stream<Way> paths() {
        return Stream.of(Protocol.values())
                .flatMap(protocol -> Stream.of(new Way(protocol, true), new Way(protocol, false)));
    }

    @ParameterizedTest
    @MethodSource("paths")
    void losesNoEarlyByte(Way path) throws IOException {
        byte[] early = "early ".repeat(500).getBytes(StandardCharsets.UTF_8);
        try (var server = new EchoServer(path.serverAddress());
                Tunnel tunnel = open(path, server.port(), early)) {
            tunnel.send("late");
            tunnel.endOutput();

            assertThat(tunnel.receiveAll()).isEqualTo("early ".repeat(500) + "late");
        }
    }

    @ParameterizedTest
    @MethodSource("paths")
    void letsTheServerSpeakFirst(Way path) throws IOException {
        try (var server = new ServerFirstServer(path.serverAddress(), "220 ready\r\n");
                Tunnel tunnel = open(path, server.port())) {
            assertThat(tunnel.receive(11)).isEqualTo("220 ready\r\n");
            tunnel.send("QUIT");
            assertThat(tunnel.receive(4)).isEqualTo("QUIT");
        }
    }

    @ParameterizedTest
    @MethodSource("paths")
    void goesOnDownwardsAfterTheClientHasEnded(Way path) throws IOException {
        try (var server = new SinkServer(path.serverAddress());
                Tunnel tunnel = open(path, server.port())) {
            tunnel.send("0123456789");
            tunnel.endOutput();

            var in = new DataInputStream(tunnel.socket().getInputStream());
            assertThat(in.readLong()).isEqualTo(10);
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @MethodSource("paths")
    void goesOnUpwardsAfterTheServerHasEnded(Way path) throws Exception {
        try (var server = new SecondThoughtServer(path.serverAddress(), "bye");
                Tunnel tunnel = open(path, server.port())) {
            assertThat(tunnel.receiveAll()).isEqualTo("bye");
            tunnel.send("wait, ");
            tunnel.send("one more");
            tunnel.endOutput();

            assertThat(server.heard().get(10, TimeUnit.SECONDS)).isEqualTo("wait, one more");
        }
    }

    /** Directly only: a peer's tailscaled turns its server's reset into an end. */
    @ParameterizedTest
    @EnumSource
    void passesOnTheServersReset(Protocol protocol) throws IOException {
        try (var server = new ResetServer(DIRECT);
                Tunnel tunnel = open(new Way(protocol, false), server.port())) {
            tunnel.send("x");

            assertThatThrownBy(tunnel::receiveAll)
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
    }

    @ParameterizedTest
    @EnumSource
    void passesOnTheClientsReset(Protocol protocol) throws Exception {
        try (var server = new SecondThoughtServer(DIRECT, "");
                Tunnel tunnel = open(new Way(protocol, false), server.port())) {
            tunnel.send("x");
            Eventually.get(Duration.ofSeconds(10), server::open, open -> open == 1);

            tunnel.reset();

            assertThat(server.heard().get(10, TimeUnit.SECONDS)).isEqualTo("reset");
        }
    }

    @Test
    void carriesMuchOverTheTailnetInFlatMemory() throws IOException {
        try (var server = new SourceServer(PEER)) {
            receive(server.port(), "web", WARM_UP_BYTES);
            long before = residentBytes();

            receive(server.port(), "web", BULK_BYTES);

            assertThat(residentBytes() - before).isLessThan(FLAT_BYTES);
        }
    }

    @Test
    void carriesMuchDirectlyInFlatMemory() throws IOException {
        try (var server = new SinkServer(DIRECT)) {
            send(server.port(), 64L << 20);
            long before = residentBytes();

            send(server.port(), BULK_BYTES);

            assertThat(residentBytes() - before).isLessThan(FLAT_BYTES);
        }
    }

    @Test
    void countsWhatItCarries() throws IOException {
        try (var server = new EchoServer(PEER);
                Tunnel tunnel = open(new Way(Protocol.SOCKS5, true), server.port())) {
            tunnel.send("0123456789");
            assertThat(tunnel.receive(10)).isEqualTo("0123456789");

            assertThat(agent.status().path("connections").path("tunnels").asInt())
                    .isEqualTo(1);
            assertThat(agent.status().path("connections").path("bytesUp").asLong())
                    .isPositive();
        }
        Eventually.get(
                Duration.ofSeconds(10),
                () -> agent.status().path("connections").path("tunnels").asInt(),
                tunnels -> tunnels == 0);
    }

    private Tunnel open(Way path, int port, byte... early) throws IOException {
        return Tunnel.open(agent.proxyPort(), path.protocol(), path.host(), port, early);
    }

    private void receive(int port, String host, long bytes) throws IOException {
        try (Tunnel tunnel = Tunnel.open(agent.proxyPort(), Protocol.SOCKS5, host, port)) {
            tunnel.socket()
                    .getOutputStream()
                    .write(ByteBuffer.allocate(8).putLong(bytes).array());
            InputStream in = tunnel.socket().getInputStream();
            byte[] buffer = new byte[256 * 1024];
            long received = 0;
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                received += count;
            }
            assertThat(received).isEqualTo(bytes);
        }
    }

    private void send(int port, long bytes) throws IOException {
        try (Tunnel tunnel = Tunnel.open(agent.proxyPort(), Protocol.HTTP, DIRECT.getHostAddress(), port)) {
            byte[] buffer = new byte[256 * 1024];
            for (long left = bytes; left > 0; left -= Math.min(left, buffer.length)) {
                tunnel.socket().getOutputStream().write(buffer, 0, (int) Math.min(left, buffer.length));
            }
            tunnel.endOutput();
            assertThat(new DataInputStream(tunnel.socket().getInputStream()).readLong())
                    .isEqualTo(bytes);
        }
    }

    private long residentBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + agent.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElseThrow();
    }
}
