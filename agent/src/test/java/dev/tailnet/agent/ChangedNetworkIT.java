package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.agent.testing.Uplink;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.NetworkOptions;
import dev.tailnet.testnet.TestNetwork;
import dev.tailnet.testnet.fixture.EchoServer;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A machine that starts without a network, gets one, loses it and finds another, as laptops and migrated machines do. */
class ChangedNetworkIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration LONG = Duration.ofSeconds(90);

    @Test
    @Timeout(value = 3, unit = TimeUnit.MINUTES)
    void theNodeAndItsTunnelsFindTheirWayAgain() throws Exception {
        Uplink.assumePossible();
        try (var server = new EchoServer(InetAddress.ofLiteral("127.0.0.1"));
                var network = TestNetwork.start(NetworkOptions.defaults().withControlName(Uplink.FAR_SIDE));
                var peer = network.startPeer("settled");
                AgentProcess agent = AgentProcess.in(network, "moving")
                        .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                        .ownNetwork()
                        .start()) {
            awaitThatThereIsNoNetwork(agent);
            Process tunnel;
            try (Uplink unused = Uplink.of(agent.pid(), 1)) {
                agent.awaitState("running", LONG);
                agent.awaitPeer("settled");
                awaitDirectPath(agent);
                tunnel = agent.begin("nc", peer.ipv4(), String.valueOf(server.port()));
                exchange(tunnel, "by the first network");
            }
            awaitThatThereIsNoNetwork(agent);
            agent.awaitLog("warn  Node is not up: this machine has no network");
            send(tunnel, "sent without a network");
            Process waiting = agent.begin("nc", peer.ipv4(), String.valueOf(server.port()));
            Eventually.get(SOON, () -> agent.status().at("/connections/waiting").asInt(), number -> number == 1);
            try (Uplink unused = Uplink.of(agent.pid(), 2)) {
                exchange(waiting, "dialed without a network");
                receive(tunnel, "sent without a network");
                exchange(tunnel, "by another one");
                awaitDirectPath(agent);
                agent.awaitState("running", LONG);
                network.awaitNodes(
                        LONG,
                        nodes -> nodes.stream().anyMatch(node -> node.name().equals("moving") && node.online()));
                tunnel.getOutputStream().close();
                waiting.getOutputStream().close();
                Eventually.get(
                        SOON, () -> agent.status().at("/connections/tunnels").asInt(), open -> open == 0);
            }
        }
    }

    private static void awaitThatThereIsNoNetwork(AgentProcess agent) {
        Eventually.get(
                SOON,
                () -> agent.control("/readyz"),
                answer -> answer.contains(" 503 ") && answer.contains("this machine has no network"));
    }

    /** By whichever of its addresses the peer is reached, but not by the relay. */
    private static void awaitDirectPath(AgentProcess agent) {
        Eventually.get(
                LONG, () -> agent.verb("ping", "-c", "1", "settled").output(), pong -> pong.contains(" via 198.1"));
    }

    private static void exchange(Process tunnel, String text) throws IOException {
        send(tunnel, text);
        receive(tunnel, text);
    }

    private static void send(Process tunnel, String text) throws IOException {
        tunnel.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        tunnel.getOutputStream().flush();
    }

    private static void receive(Process tunnel, String text) throws IOException {
        byte[] expected = text.getBytes(StandardCharsets.UTF_8);
        assertThat(new String(tunnel.getInputStream().readNBytes(expected.length), StandardCharsets.UTF_8))
                .isEqualTo(text);
    }
}
