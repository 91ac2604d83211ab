package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.Association;
import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.NetworkOptions;
import dev.tailnet.testnet.NetworkOptions.DnsRecord;
import dev.tailnet.testnet.Peer;
import dev.tailnet.testnet.PeerOptions;
import dev.tailnet.testnet.TestAddresses;
import dev.tailnet.testnet.TestNetwork;
import dev.tailnet.testnet.fixture.DnsServer;
import dev.tailnet.testnet.fixture.UdpEchoServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Datagrams through a SOCKS5 association and through forwards, to real peers and hosts. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UdpIT {
    private static final Duration SOON = Duration.ofSeconds(10);

    /** A peer's tailscaled in userspace mode cuts longer ones off. */
    private static final int LONGEST_FROM_A_PEER = 65_495;

    /** What fits into one packet: a tailscaled in userspace mode receives no fragments of IPv6. */
    private static final int LONGEST_OVER_TAILNET_IPV6 = 1_232;

    private static final int FORWARD_PORT = 5353;
    private static final int ECHO_PORT = 5354;

    private TestNetwork network;
    private Peer peer;
    private AgentProcess agent;
    private AgentProcess forwarding;
    private DnsServer hostDns;
    private DnsServer peerDns;
    private UdpEchoServer peerEcho;
    private UdpEchoServer subnetEcho4;
    private UdpEchoServer subnetEcho6;
    private UdpEchoServer directEcho4;
    private UdpEchoServer directEcho6;

    @BeforeAll
    void start() {
        hostDns = new DnsServer(InetAddress.ofLiteral("127.0.0.1"), 53)
                .with("outside.test", TestAddresses.DIRECT_HOST_IPV4);
        peerDns = new DnsServer(InetAddress.ofLiteral("127.0.0.1"), 0)
                .with("db.corp.test", InetAddress.ofLiteral("10.9.8.7"));
        peerEcho = new UdpEchoServer(InetAddress.ofLiteral("127.0.0.1"));
        subnetEcho4 = new UdpEchoServer(TestAddresses.SUBNET_HOST_IPV4);
        subnetEcho6 = new UdpEchoServer(TestAddresses.SUBNET_HOST_IPV6);
        directEcho4 = new UdpEchoServer(TestAddresses.DIRECT_HOST_IPV4);
        directEcho6 = new UdpEchoServer(TestAddresses.DIRECT_HOST_IPV6);
        network = TestNetwork.start(NetworkOptions.defaults()
                .withExtraRecords(
                        DnsRecord.a("subnet.internal.test", TestAddresses.SUBNET_HOST_IPV4.getHostAddress())));
        peer = network.startPeer("web", PeerOptions.subnetRouter());
        agent = AgentProcess.in(network, "box")
                .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                .startAndAwaitRunning();
        forwarding = AgentProcess.in(network, "forwarding")
                .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                .arguments("--forward=udp:127.0.0.1:" + FORWARD_PORT + "=web:" + peerDns.port() + ",udp:127.0.0.1:"
                        + ECHO_PORT + "=web:" + peerEcho.port())
                .startAndAwaitRunning();
    }

    @AfterAll
    void stop() throws Exception {
        for (AutoCloseable closeable : Stream.of(
                        agent,
                        forwarding,
                        network,
                        hostDns,
                        peerDns,
                        peerEcho,
                        subnetEcho4,
                        subnetEcho6,
                        directEcho4,
                        directEcho6)
                .toList()) {
            closeable.close();
        }
    }

    /** A way to an echo, and the address behind it. */
    private record Way(String host, int port, String address) {}

    private Stream<Way> ways() {
        return Stream.of(
                new Way(peer.ipv4(), peerEcho.port(), peer.ipv4()),
                new Way(peer.ipv6(), peerEcho.port(), peer.ipv6()),
                new Way("web", peerEcho.port(), peer.ipv4()),
                new Way("web.tailnet.test", peerEcho.port(), peer.ipv4()),
                new Way("192.0.2.10", subnetEcho4.port(), "192.0.2.10"),
                new Way("2001:db8:10::10", subnetEcho6.port(), "2001:db8:10::10"),
                new Way("subnet.internal.test", subnetEcho4.port(), "192.0.2.10"),
                new Way("198.51.100.10", directEcho4.port(), "198.51.100.10"),
                new Way("2001:db8:20::10", directEcho6.port(), "2001:db8:20::10"),
                new Way("outside.test", directEcho4.port(), "198.51.100.10"));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void reachesAnEcho(Way way) throws Exception {
        try (Association association = Association.open(agent.proxyPort())) {
            boolean fragments = way.address().indexOf(':') < 0 || way.host().startsWith("2001:db8:20:");
            for (int size : new int[] {0, 1, 1_200, fragments ? 8_000 : LONGEST_OVER_TAILNET_IPV6}) {
                echo(association, way, size);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {20_000, 40_000, 65_000, LONGEST_FROM_A_PEER})
    void carriesLongDatagramsOverTheTailnet(int size) throws Exception {
        try (Association association = Association.open(agent.proxyPort())) {
            echo(association, new Way(peer.ipv4(), peerEcho.port(), peer.ipv4()), size);
        }
    }

    private static void echo(Association association, Way way, int size) throws Exception {
        byte[] payload = new byte[size];
        new Random(size).nextBytes(payload);
        Association.Answer answer = association.exchange(way.host(), way.port(), payload);
        assertThat(answer.payload()).isEqualTo(payload);
        assertThat(answer.from()).isEqualTo(new InetSocketAddress(InetAddress.ofLiteral(way.address()), way.port()));
    }

    @Test
    void oneAssociationReachesMany() throws Exception {
        try (Association association = Association.open(agent.proxyPort())) {
            for (Way way : ways().toList()) {
                echo(association, way, 100);
            }
            agent.awaitMetrics("^tailnet_udp_associations 1.0", "^tailnet_udp_flows [1-9]");
        }
        awaitMetric("tailnet_udp_associations 0.0"::equals);
        awaitMetric("tailnet_udp_flows 0.0"::equals);
    }

    @Test
    void dropsWhatIsNotAllowedAndSaysSoOnce() throws Exception {
        try (Association association = Association.open(agent.proxyPort());
                var local = new UdpEchoServer(InetAddress.ofLiteral("127.0.0.1"))) {
            for (int i = 0; i < 3; i++) {
                association.send("127.0.0.1", local.port(), new byte[] {1});
            }
            echo(association, new Way(peer.ipv4(), peerEcho.port(), peer.ipv4()), 1);
            assertThat(agent.awaitLogLines("DECISION", "target=127.0.0.1:" + local.port()))
                    .singleElement()
                    .asString()
                    .contains("protocol=SOCKS5_UDP", "outcome=NOT_ALLOWED", "rule=");
        }
        awaitMetric(line -> line.matches("tailnet_udp_dropped_total\\{reason=\"no_way\"} [3-9].*"));
    }

    @Test
    void endsWithItsConnection() throws Exception {
        String target = peer.ipv4() + ":" + peerEcho.port();
        long before = closes(target);
        try (Association association = Association.open(agent.proxyPort())) {
            echo(association, new Way(peer.ipv4(), peerEcho.port(), peer.ipv4()), 5);
            association.connection().shutdownOutput();
            assertThat(association.connection().getInputStream().read()).isEqualTo(-1);
            Eventually.get(SOON, () -> closes(target), count -> count == before + 1);
        }
        assertThat(agent.log().lines())
                .anySatisfy(line -> assertThat(line)
                        .contains("CLOSE", "protocol=SOCKS5_UDP", "target=" + target, "end=FINISHED", "up=5 down=5"));
    }

    private long closes(String target) {
        return agent.log()
                .lines()
                .filter(line -> line.contains("CLOSE ") && line.contains("SOCKS5_UDP") && line.contains(target + " "))
                .count();
    }

    /** More than fit into any queue: what is lost is lost, and what comes afterwards passes. */
    @Test
    void aFloodDisturbsNobody() throws Exception {
        try (Association flood = Association.open(agent.proxyPort());
                Association other = Association.open(agent.proxyPort())) {
            byte[] payload = new byte[8_000];
            for (int i : IntStream.range(0, 5_000).toArray()) {
                flood.send(peer.ipv4(), peerEcho.port(), payload);
                if (i % 1_000 == 0) {
                    echo(other, new Way(peer.ipv6(), peerEcho.port(), peer.ipv6()), 10);
                }
            }
            echo(other, new Way("web", peerEcho.port(), peer.ipv4()), 1_200);
        }
    }

    @Test
    void aForwardReachesTheNameServerOfAPeer() throws Exception {
        for (int i = 0; i < 3; i++) {
            try (var client = new DatagramSocket()) {
                byte[] answer = lookUp(client, "db.corp.test");
                assertThat(answer).startsWith(0x12, 0x34).endsWith(10, 9, 8, 7);
            }
        }
        assertThat(peerDns.queries()).isGreaterThanOrEqualTo(3);
        forwarding.awaitLogLines(
                "DECISION", "protocol=FORWARD_UDP", "target=web:" + peerDns.port(), "outcome=ESTABLISHED");
    }

    @Test
    void aForwardCarriesTheDatagramsOfManyClients() throws Exception {
        var forward = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), ECHO_PORT);
        var clients = new ArrayList<DatagramSocket>();
        try {
            for (int i = 0; i < 20; i++) {
                var client = new DatagramSocket(0, forward.getAddress());
                client.setSoTimeout((int) SOON.toMillis());
                clients.add(client);
                client.send(new DatagramPacket(new byte[] {(byte) i}, 1, forward));
            }
            for (int i = 0; i < 20; i++) {
                assertThat(receive(clients.get(i))).containsExactly(i);
            }
            for (int size : new int[] {0, 1_200, 8_000, LONGEST_FROM_A_PEER}) {
                byte[] payload = new byte[size];
                new Random(size).nextBytes(payload);
                clients.getFirst().send(new DatagramPacket(payload, size, forward));
                assertThat(receive(clients.getFirst())).isEqualTo(payload);
            }
        } finally {
            clients.forEach(DatagramSocket::close);
        }
    }

    private static byte[] receive(DatagramSocket client) throws IOException {
        var packet = new DatagramPacket(new byte[65_535], 65_535);
        client.receive(packet);
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    /** Asks the forward for an IPv4 address; more than once, as datagrams may be lost. */
    private static byte[] lookUp(DatagramSocket client, String name) throws IOException {
        var query = new ByteArrayOutputStream();
        query.writeBytes(new byte[] {0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0});
        for (String label : name.split("\\.", -1)) {
            query.write(label.length());
            query.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        query.writeBytes(new byte[] {0, 0, 1, 0, 1});
        var forward = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), FORWARD_PORT);
        client.setSoTimeout(5_000);
        var answer = new DatagramPacket(new byte[512], 512);
        for (int attempt = 0; ; attempt++) {
            client.send(new DatagramPacket(query.toByteArray(), query.size(), forward));
            try {
                client.receive(answer);
                return Arrays.copyOf(answer.getData(), answer.getLength());
            } catch (SocketTimeoutException e) {
                if (attempt == 2) {
                    throw e;
                }
            }
        }
    }

    private void awaitMetric(Predicate<String> line) {
        var unused = Eventually.get(
                SOON,
                () -> agent.control("/metrics"),
                metrics -> metrics.lines().anyMatch(line));
    }
}
