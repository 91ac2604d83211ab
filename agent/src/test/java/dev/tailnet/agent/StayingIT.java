package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.Curl;
import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.agent.testing.OnTestNetwork;
import dev.tailnet.agent.testing.Tunnel;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.Node;
import dev.tailnet.testnet.fixture.EchoServer;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What happens to a node in the course of its life, and how it goes on by itself. */
class StayingIT extends OnTestNetwork {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int TUNNELS = 20;

    /** {@code -Dtest.freeze=180} makes it three minutes. */
    private static final int FREEZE_SECONDS = Integer.getInteger("test.freeze", 5);

    @Test
    void aControlServerThatIsDownAtTheStartIsWaitedFor() {
        String key = network.createAuthKey(AuthKeyOptions.ephemeralNode());
        network.stopControl();
        try (AgentProcess agent =
                AgentProcess.in(network, "patient").authKey(key).start()) {
            try {
                Eventually.get(
                        SOON,
                        () -> agent.control("/readyz"),
                        answer -> answer.contains(
                                "control server " + network.controlUrl() + " does not answer: connection refused"));
            } finally {
                network.startControl();
            }
            agent.awaitState("running", LONG);
        }
    }

    @Test
    void tunnelsAndDialsGoOnWhileTheControlServerIsAway() throws IOException {
        try (var server = new EchoServer(InetAddress.ofLiteral("127.0.0.1"));
                var peer = network.startPeer("steady");
                AgentProcess agent = AgentProcess.in(network, "under-load")
                        .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                        .startAndAwaitRunning()) {
            agent.awaitPeer("steady");
            List<Tunnel> tunnels = new ArrayList<>();
            for (int i = 0; i < TUNNELS; i++) {
                tunnels.add(open(agent, peer.ipv4(), server.port()));
            }
            network.stopControl();
            try {
                exchange(tunnels, "away");
                try (Tunnel late = open(agent, peer.ipv4(), server.port())) {
                    exchange(List.of(late), "new");
                }
                assertThat(agent.status().path("state").asString()).isEqualTo("running");
            } finally {
                network.startControl();
            }
            network.awaitNodes(
                    LONG,
                    nodes -> named(nodes, "under-load").filter(Node::online).isPresent());
            exchange(tunnels, "back");
            for (Tunnel tunnel : tunnels) {
                tunnel.close();
            }
            Eventually.get(SOON, () -> agent.status().at("/connections/tunnels").asInt(), open -> open == 0);
        }
    }

    @Test
    void aFrozenMachineGoesOn() throws Exception {
        try (var server = new EchoServer(InetAddress.ofLiteral("127.0.0.1"));
                var peer = network.startPeer("awake");
                AgentProcess agent = AgentProcess.in(network, "frozen")
                        .authKey(network.createAuthKey(AuthKeyOptions.singleUse()))
                        .startAndAwaitRunning()) {
            agent.awaitPeer("awake");
            try (Tunnel before = open(agent, peer.ipv4(), server.port())) {
                exchange(List.of(before), "before");

                freeze(agent.pid());

                Eventually.get(LONG, () -> agent.control("/readyz"), answer -> answer.contains(" 200 "));
                exchange(List.of(before), "after");
            }
            try (Tunnel after = open(agent, peer.ipv4(), server.port())) {
                exchange(List.of(after), "again");
            }
            Eventually.get(SOON, () -> agent.status().at("/connections/tunnels").asInt(), open -> open == 0);
        }
    }

    @Test
    void aRemovedNodeIsNoticedByASilentPeerAndJoinsAgainWithANewKeyInTheFile() throws IOException {
        Path keyFile = Files.writeString(
                network.directory().resolve("rotating-key"), network.createAuthKey(AuthKeyOptions.singleUse()));
        try (var server = new EchoServer(InetAddress.ofLiteral("127.0.0.1"));
                var peer = network.startPeer("silent");
                AgentProcess agent = AgentProcess.in(network, "forgotten")
                        .arguments("--auth-key-file=" + keyFile, "--dial-timeout=2s")
                        .startAndAwaitRunning()) {
            agent.awaitPeer("silent");
            Files.writeString(keyFile, network.createAuthKey(AuthKeyOptions.singleUse()));
            network.deleteNode(named(network.nodes(), "forgotten").orElseThrow().id());

            Eventually.get(
                    LONG,
                    () -> agent.overHttp("http://" + peer.ipv4() + ":" + server.port(), "--max-time", "3"),
                    curl -> agent.log().contains("does not know this node any more"));

            agent.awaitState("running", LONG);
            assertThat(agent.log()).contains("Logging in again in ", "with that of --auth-key-file (flag)");
            try (Tunnel tunnel = open(agent, peer.ipv4(), server.port())) {
                exchange(List.of(tunnel), "back again");
            }
        }
    }

    /** The countdown is a warning only: the node serves until its key has expired, and then joins again. */
    @Test
    void aKeyThatIsAboutToExpireIsAnnouncedAndRenewed() {
        try (AgentProcess agent = AgentProcess.in(network, "aging")
                .authKey(network.createAuthKey(AuthKeyOptions.singleUse().withReusable(true)))
                .startAndAwaitRunning()) {
            long id = named(network.nodes(), "aging").orElseThrow().id();
            for (Map.Entry<Duration, String> notice : Map.of(
                            Duration.ofHours(150),
                            "6 days",
                            Duration.ofHours(20),
                            "19 hours",
                            Duration.ofMinutes(40),
                            "39 min")
                    .entrySet()) {
                Instant expiry = Instant.now().plus(notice.getKey()).truncatedTo(ChronoUnit.SECONDS);
                network.headscale("nodes", "expire", "--identifier=" + id, "--expiry=" + expiry);

                agent.awaitLog("The node's key expires in " + notice.getValue() + " (" + expiry);
                agent.awaitMetrics("^tailnet_node_key_expiry_timestamp_seconds ([0-9.E]+)$");
                assertThat(agent.status().path("keyExpiry").asString()).startsWith(expiry.toString());
                assertThat(agent.control("/readyz")).contains(" 200 ");
            }

            network.expireNode(id);

            agent.awaitLog("the node's key expired at 20", "Logging in again in ", "with that of TS_AUTHKEY");
            agent.awaitState("running", LONG);
        }
    }

    @Test
    void aSpentKeyDoesNotAdmitARemovedNodeAgain() {
        try (AgentProcess agent = AgentProcess.in(network, "spent")
                .authKey(network.createAuthKey(AuthKeyOptions.singleUse()))
                .startAndAwaitRunning()) {
            network.deleteNode(named(network.nodes(), "spent").orElseThrow().id());
            network.stopControl();
            network.startControl();

            JsonNode status = Eventually.get(
                    LONG, agent::status, now -> now.path("reason").asString().contains("It cannot join again"));
            assertThat(status.path("state").asString()).isEqualTo("needs-login");
            assertThat(status.path("reason").asString())
                    .startsWith("control server " + network.controlUrl() + " does not know this node any more")
                    .contains("auth key rejected by " + network.controlUrl());
            Curl curl = agent.overHttp("http://somewhere:80");
            assertThat(curl.errors()).contains("HTTP/1.1 503");
            var wait = agent.verb("wait", "--timeout=1s");
            assertThat(wait.exitCode()).isEqualTo(ExitCode.TIMEOUT.code());
            assertThat(wait.output()).contains("It cannot join again");
        }
    }

    @Test
    void aDamagedStateFileIsSaidAndMovedAsideOnRequest() throws IOException {
        Path state = network.directory().resolve("agent-damaged").resolve("state");
        try (AgentProcess agent = damaged(state).startAndAwaitRunning()) {
            agent.terminate();
            assertThat(agent.awaitExit()).isZero();
        }
        Path file = state.resolve("tailscaled.state");
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));

        AgentProcess refusing = damaged(state).launch();
        assertThat(refusing.awaitExit()).isEqualTo(ExitCode.STATE_DIR.code());
        assertThat(refusing.log()).contains("the state file " + file + " is damaged", "--reset-state");
        assertThat(Files.size(file)).isEqualTo(whole.length / 2);

        try (AgentProcess agent = damaged(state).arguments("--reset-state").startAndAwaitRunning();
                var files = Files.list(state)) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .anyMatch(name -> name.startsWith("tailscaled.state.aside-"));
            assertThat(agent.log()).contains("the node logs in anew");
        }
    }

    private AgentProcess.Builder damaged(Path state) {
        return AgentProcess.in(network, "damaged")
                .authKey(network.createAuthKey(AuthKeyOptions.singleUse()))
                .arguments("--state-dir=" + state);
    }

    private static void freeze(long pid) throws Exception {
        Process freezer = new ProcessBuilder(
                        "sh", "-c", "kill -STOP " + pid + " && sleep " + FREEZE_SECONDS + "; kill -CONT " + pid)
                .inheritIO()
                .start();
        assertThat(freezer.waitFor()).isZero();
    }

    private static Tunnel open(AgentProcess agent, String host, int port) throws IOException {
        return Tunnel.open(agent.proxyPort(), Tunnel.Protocol.SOCKS5, host, port);
    }

    private static void exchange(List<Tunnel> tunnels, String text) throws IOException {
        for (Tunnel tunnel : tunnels) {
            tunnel.send(text);
            assertThat(tunnel.receive(text.length())).isEqualTo(text);
        }
    }

    private static Optional<Node> named(List<Node> nodes, String name) {
        return nodes.stream().filter(node -> node.givenName().equals(name)).findFirst();
    }
}
