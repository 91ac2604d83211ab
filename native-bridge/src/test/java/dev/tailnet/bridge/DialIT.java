package dev.tailnet.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailnet.testnet.Peer;
import dev.tailnet.testnet.TestAddresses;
import dev.tailnet.testnet.TestNetwork;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a dial, and the question for a route, answer. */
@ExtendWith(Tailnet.class)
class DialIT {
    private static final Duration LONG = Duration.ofSeconds(15);
    private static final int CLOSED_PORT = 9;

    private static Peer peer;
    private static RunningNode node;

    @BeforeAll
    static void start(TestNetwork network, Peer subnetRouter) throws Exception {
        peer = subnetRouter;
        node = RunningNode.withRoutes(network, "dial-node");
    }

    @AfterAll
    static void stop() throws Exception {
        node.close();
    }

    @Test
    void routes() throws IOException {
        for (InetAddress own : node.addresses()) {
            assertThat(node.node().routeOf(own)).isEqualTo(TailnetRoute.PEER);
        }
        assertRoute(peer.ipv4(), TailnetRoute.PEER);
        assertRoute(peer.ipv6(), TailnetRoute.PEER);
        assertRoute("192.0.2.1", TailnetRoute.SUBNET);
        assertRoute("2001:db8:10::10", TailnetRoute.SUBNET);
        assertRoute("198.51.100.10", TailnetRoute.NONE);
        assertRoute("2001:db8:20::10", TailnetRoute.NONE);
        assertRoute("127.0.0.1", TailnetRoute.NONE);
        assertRoute("::1", TailnetRoute.NONE);
        assertRoute("169.254.169.254", TailnetRoute.NONE);
        assertRoute("100.127.1.2", TailnetRoute.UNOWNED);
        assertRoute("fd7a:115c:a1e0::ffff", TailnetRoute.UNOWNED);
    }

    private static void assertRoute(String ip, TailnetRoute route) {
        assertThat(node.node().routeOf(InetAddress.ofLiteral(ip))).as(ip).isEqualTo(route);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "::1",
                "169.254.169.254",
                "100.127.1.2",
                "fd7a:115c:a1e0::ffff",
                "198.51.100.10",
                "8.8.8.8",
                "0.0.0.0"
            })
    void theTailnetDialNeverFallsThroughToTheHost(String ip) throws Exception {
        NodeEvent.Dialed dialed = dial(Via.TAILNET, InetAddress.ofLiteral(ip), CLOSED_PORT, LONG);
        assertThat(dialed.code()).isEqualTo(Code.NOT_OWNED);
        assertThat(dialed.message()).contains(ip);
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.10", "2001:db8:10::10"})
    void connectsAndIsRefusedThroughASubnetRouter(String ip) throws Exception {
        InetAddress address = InetAddress.ofLiteral(ip);
        try (Server server = Server.echo(address)) {
            long id = RunningNode.newId();
            node.node().dial(id, Via.TAILNET, address, server.port(), LONG);
            assertThat(node.events().dialed(id)).isEqualTo(new NodeEvent.Dialed(id, Code.OK, ""));
            node.node().cancel(id);
        }
        NodeEvent.Dialed refused = dial(Via.TAILNET, address, CLOSED_PORT, LONG);
        assertThat(refused.code()).isEqualTo(Code.REFUSED);
        assertThat(refused.message()).isNotEmpty();
    }

    @Test
    void connectsToAPeerByEitherAddress() throws Exception {
        // Whichever family it came by, tailscaled passes it on to 127.0.0.1.
        try (Server server = Server.echo(InetAddress.ofLiteral("127.0.0.1"))) {
            for (String ip : new String[] {peer.ipv4(), peer.ipv6()}) {
                NodeEvent.Dialed dialed = dial(Via.TAILNET, InetAddress.ofLiteral(ip), server.port(), LONG);
                assertThat(dialed.code()).as(ip).isEqualTo(Code.OK);
            }
        }
    }

    @Test
    void aPeersClosedPortRefuses() throws Exception {
        assertThat(dial(Via.TAILNET, InetAddress.ofLiteral(peer.ipv4()), CLOSED_PORT, LONG)
                        .code())
                .isEqualTo(Code.REFUSED);
    }

    @ParameterizedTest
    @CsvSource({"TAILNET,192.0.2.77", "DIRECT,203.0.113.9"})
    void aBlackholeTimesOutAtTheDeadline(Via via, String ip) throws Exception {
        long begin = System.nanoTime();
        NodeEvent.Dialed dialed = dial(via, InetAddress.ofLiteral(ip), 80, Duration.ofMillis(700));
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .isBetween(Duration.ofMillis(650), Duration.ofMillis(2_500));
        assertThat(dialed.code()).isEqualTo(Code.TIMEOUT);
        assertThat(dialed.message()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({"TAILNET,192.0.2.77", "DIRECT,203.0.113.9"})
    void aDialCanBeCancelled(Via via, String ip) throws Exception {
        long id = RunningNode.newId();
        node.node().dial(id, via, InetAddress.ofLiteral(ip), 80, LONG);
        node.node().cancel(id);
        assertThat(node.events().dialed(id).code()).isEqualTo(Code.CANCELLED);
        node.node().cancel(id);
    }

    @Test
    void directDialsSayWhatHappened() throws Exception {
        assertThat(dial(Via.DIRECT, InetAddress.ofLiteral("127.0.0.1"), CLOSED_PORT, LONG)
                        .code())
                .isEqualTo(Code.REFUSED);
        assertThat(dial(Via.DIRECT, TestAddresses.UNREACHABLE_HOST, 80, LONG).code())
                .isEqualTo(Code.HOST_UNREACHABLE);
        assertThat(dial(Via.DIRECT, TestAddresses.UNREACHABLE_NETWORK, 80, LONG).code())
                .isEqualTo(Code.NET_UNREACHABLE);
        try (Server server = Server.echo(TestAddresses.DIRECT_HOST_IPV6)) {
            assertThat(dial(Via.DIRECT, TestAddresses.DIRECT_HOST_IPV6, server.port(), LONG)
                            .code())
                    .isEqualTo(Code.OK);
        }
    }

    @Test
    void anIdInUseIsRefused() throws Exception {
        long id = RunningNode.newId();
        node.node().dial(id, Via.DIRECT, TestAddresses.BLACKHOLE, 80, LONG);
        assertThatThrownBy(() -> node.node().dial(id, Via.DIRECT, TestAddresses.BLACKHOLE, 80, LONG))
                .isInstanceOf(BridgeException.class)
                .hasMessageContaining(Long.toString(id));
        node.node().cancel(id);
        assertThat(node.events().dialed(id).code()).isEqualTo(Code.CANCELLED);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 65_536})
    void aPortOutOfRangeIsRefused(int port) {
        assertThatThrownBy(() -> node.node().dial(RunningNode.newId(), Via.DIRECT, TestAddresses.BLACKHOLE, port, LONG))
                .isInstanceOf(BridgeException.class)
                .hasMessageContaining("port");
    }

    @Test
    void cancellingWhatWasDialedClosesItWithoutAReport() throws Exception {
        try (var listener = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            listener.setSoTimeout(10_000);
            long id = RunningNode.newId();
            node.node().dial(id, Via.DIRECT, listener.getInetAddress(), listener.getLocalPort(), LONG);
            assertThat(node.events().dialed(id).code()).isEqualTo(Code.OK);
            try (var accepted = listener.accept()) {
                accepted.setSoTimeout(10_000);
                node.node().cancel(id);
                Client.awaitEnd(accepted);
            }
            try (Client client = Client.connect()) {
                assertThatThrownBy(() -> node.node().relay(id, client.fd(), ByteBuffer.allocate(0), Duration.ZERO))
                        .isInstanceOf(BridgeException.class);
                client.awaitEnd();
            }
        }
    }

    private static NodeEvent.Dialed dial(Via via, InetAddress ip, int port, Duration timeout)
            throws InterruptedException {
        long id = RunningNode.newId();
        node.node().dial(id, via, ip, port, timeout);
        NodeEvent.Dialed dialed = node.events().dialed(id);
        if (dialed.code() == Code.OK) {
            node.node().cancel(id);
        }
        return dialed;
    }
}
