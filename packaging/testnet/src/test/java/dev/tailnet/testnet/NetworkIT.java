package dev.tailnet.testnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class NetworkIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static TestNetwork network;
    private static Peer web;
    private static Peer client;

    @BeforeAll
    static void start() {
        network = TestNetwork.start();
        web = network.startPeer("web", PeerOptions.subnetRouter());
        client = network.startPeer(
                "client", PeerOptions.plain().withAcceptRoutes(true).withProxies());
    }

    @AfterAll
    static void stop() {
        Path directory = network.directory();
        network.close();

        assertThat(directory).doesNotExist();
        assertThat(ProcessHandle.of(web.pid())).isEmpty();
    }

    @Test
    void peersReachEachOther() {
        assertThat(client.tailscale("ping", "--timeout=10s", "--c=1", "--until-direct=false", "web")
                        .orThrow()
                        .stdout())
                .contains("pong from web (" + web.ipv4() + ")");
        assertThat(web.tailscale("ping", "--timeout=10s", "--c=1", "--until-direct=false", client.ipv6())
                        .orThrow()
                        .stdout())
                .contains("pong from client");
    }

    @Test
    void nodesAreListed() {
        assertThat(network.nodes()).anySatisfy(node -> {
            assertThat(node.givenName()).isEqualTo("web");
            assertThat(node.ipv4()).isEqualTo(web.ipv4()).startsWith("100.");
            assertThat(node.ipv6()).isEqualTo(web.ipv6()).startsWith("fd7a:");
            assertThat(node.online()).isTrue();
            assertThat(node.ephemeral()).isFalse();
            assertThat(node.tags()).isEmpty();
            assertThat(node.approvedRoutes())
                    .containsExactlyInAnyOrder(TestAddresses.SUBNET_IPV4, TestAddresses.SUBNET_IPV6);
        });
    }

    @Test
    void keyOptionsReachTheNode() {
        try (var peer = network.startPeer(
                "tagged", PeerOptions.plain().withEphemeral(true).withTags("tag:test", "tag:server"))) {
            assertThat(network.nodes())
                    .filteredOn(node -> node.givenName().equals("tagged"))
                    .singleElement()
                    .satisfies(node -> {
                        assertThat(node.ephemeral()).isTrue();
                        assertThat(node.tags()).containsExactlyInAnyOrder("tag:test", "tag:server");
                    });
            peer.tailscale("logout").orThrow();
            network.awaitNodes(
                    PATIENCE,
                    nodes -> nodes.stream().noneMatch(node -> node.givenName().equals("tagged")));
        }
    }

    @Test
    void expiredKeyIsRefused() {
        String key = network.createAuthKey(AuthKeyOptions.singleUse());
        network.expireAuthKey(key);

        assertThatThrownBy(() -> network.expireAuthKey("hskey-auth-unknown"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(network.headscale("preauthkeys", "list")).contains("expiration");
    }

    @Test
    void subnetHostIsReachedThroughThePeer() throws IOException {
        try (var server = new ServerSocket(0, 1, TestAddresses.SUBNET_HOST_IPV4)) {
            Thread.ofVirtual().start(() -> greet(server));

            assertThat(throughSocks5(TestAddresses.SUBNET_HOST_IPV4.getAddress(), server.getLocalPort()))
                    .isEqualTo('!');
        }
    }

    @Test
    void controlServerComesBackWithItsNodes() {
        network.stopControl();
        try {
            assertThatThrownBy(network::nodes)
                    .isInstanceOf(TestNetworkException.class)
                    .hasMessageContaining("headscale is stopped");
        } finally {
            network.startControl();
        }

        network.awaitNodes(
                PATIENCE,
                nodes -> nodes.stream()
                        .filter(node -> node.givenName().equals("web"))
                        .allMatch(Node::online));
    }

    @Test
    void policyIsReplaced() {
        network.setPolicy("""
                {"acls": [{"action": "accept", "src": ["*"], "dst": ["*:80"]}]}""");
        assertThat(network.headscale("policy", "get")).contains("*:80");

        network.openPolicy();
        assertThat(network.headscale("policy", "get")).contains("*:*");
    }

    @Test
    void failureShowsTheLog() {
        assertThatThrownBy(() -> network.headscale("nodes", "list-routes", "--identifier=none"))
                .isInstanceOf(TestNetworkException.class)
                .hasMessageContaining("invalid argument")
                .hasMessageContaining("headscale.log");
    }

    @Test
    void socketPathsFitAndFilesArePrivate() {
        assertThat(web.socket().toString().length()).isLessThan(108);
        assertThat(Files.isDirectory(network.directory())).isTrue();
    }

    private static void greet(ServerSocket server) {
        try (var connection = server.accept()) {
            connection.getOutputStream().write('!');
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The first byte that arrives from the address through the client's SOCKS5 proxy (RFC 1928). */
    private static int throughSocks5(byte[] ipv4, int port) throws IOException {
        try (var socket = new Socket()) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.connect(client.socks5());
            var out = socket.getOutputStream();
            var in = socket.getInputStream();
            out.write(new byte[] {5, 1, 0});
            assertThat(in.readNBytes(2)).containsExactly(5, 0);
            out.write(new byte[] {5, 1, 0, 1, ipv4[0], ipv4[1], ipv4[2], ipv4[3], (byte) (port >> 8), (byte) port});
            assertThat(in.readNBytes(10)).startsWith(5, 0);
            return in.read();
        }
    }
}
