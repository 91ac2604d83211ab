package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.agent.testing.OnTestNetwork;
import dev.tailnet.agent.testing.Tunnel;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.PeerOptions;
import dev.tailnet.testnet.TestAddresses;
import dev.tailnet.testnet.fixture.EchoServer;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The agent as a subnet router: tailscaled peers reach a network through it. */
class AdvertisedRoutesIT extends OnTestNetwork {
    private static final Duration SOON = Duration.ofSeconds(20);

    @Test
    void peersReachTheNetworksThatItAdvertisesAndNothingElse() throws IOException {
        String host = TestAddresses.SUBNET_HOST_IPV4.getHostAddress();
        try (var server = new EchoServer(TestAddresses.SUBNET_HOST_IPV4);
                var guest = network.startPeer(
                        "guest", PeerOptions.plain().withAcceptRoutes(true).withProxies());
                AgentProcess agent = AgentProcess.in(network, "router")
                        .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                        .arguments("--advertise-routes=" + TestAddresses.SUBNET_IPV4)
                        .startAndAwaitRunning()) {
            Eventually.get(
                    SOON,
                    guest::status,
                    status -> status.path("Peer")
                            .valueStream()
                            .anyMatch(peer ->
                                    peer.path("PrimaryRoutes").toString().contains(TestAddresses.SUBNET_IPV4)));

            try (Tunnel tunnel = Tunnel.open(guest.socks5().getPort(), Tunnel.Protocol.SOCKS5, host, server.port())) {
                tunnel.send("through the agent");
                assertThat(tunnel.receive(17)).isEqualTo("through the agent");
                assertThat(agent.status().at("/inbound/open").asInt()).isOne();
            }

            String itself = agent.status().path("addresses").get(0).asString();
            assertThat(agent.status().at("/preferences/advertiseRoutes/0").asString())
                    .isEqualTo(TestAddresses.SUBNET_IPV4);
            assertThat(agent.status().at("/preferences/shieldsUp").asBoolean()).isFalse();
            assertThatRefused(guest.socks5().getPort(), itself, server.port());
        }
    }

    private static void assertThatRefused(int proxyPort, String host, int port) {
        try (Tunnel tunnel = Tunnel.open(proxyPort, Tunnel.Protocol.SOCKS5, host, port)) {
            throw new AssertionError("connected: " + tunnel.socket());
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("SOCKS reply");
        }
    }
}
