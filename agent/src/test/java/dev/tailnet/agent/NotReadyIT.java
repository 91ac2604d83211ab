package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.Curl;
import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.agent.testing.Gate;
import dev.tailnet.agent.testing.OnTestNetwork;
import dev.tailnet.agent.testing.Tunnel;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.PeerOptions;
import dev.tailnet.testnet.fixture.EchoServer;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A node that does not come up says why: in its status, to probes, in its log and to every client. */
class NotReadyIT extends OnTestNetwork {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Duration LONG = Duration.ofSeconds(40);
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    @Test
    void saysThatTheKeyIsUnknown() {
        assertRejected("unknown-key", "hskey-auth-000000000000-" + "0".repeat(64), "invalid pre auth key");
    }

    @Test
    void saysThatTheKeyHasExpired() {
        String key = network.createAuthKey(AuthKeyOptions.singleUse());
        network.expireAuthKey(key);

        assertRejected("expired-key", key, "authkey expired");
    }

    @Test
    void saysThatTheKeyIsSpent() {
        String key = network.createAuthKey(AuthKeyOptions.singleUse());
        network.startPeer("first", PeerOptions.plain(), key).close();

        assertRejected("used-key", key, "authkey already used");
    }

    private void assertRejected(String hostname, String key, String serversWords) {
        String reason = "auth key rejected by " + network.controlUrl() + ": " + serversWords;
        try (AgentProcess agent =
                AgentProcess.in(network, hostname).authKey(key).start()) {
            JsonNode status = agent.awaitState("needs-login", SOON);

            assertThat(status.path("reason").asString()).startsWith(reason);
            assertThat(agent.control("/readyz")).contains(" 503 ", reason);
            assertThat(agent.control("/healthz")).contains(" 200 ");
            assertThat(agent.log()
                            .lines()
                            .filter(line -> line.contains(reason))
                            .filter(line -> !line.contains("DECISION")))
                    .hasSize(1);
            Curl curl = agent.overHttp("http://first:80");
            assertThat(curl.errors()).contains("HTTP/1.1 503", serversWords);
            assertThat(curl.took()).isLessThan(SOON);
            assertThat(agent.overSocks("http://first:80").exitCode()).isEqualTo(97);
        }
    }

    @Test
    void saysThatThereIsNoKey() {
        try (AgentProcess agent = AgentProcess.in(network, "no-key").start()) {
            assertThat(agent.awaitState("needs-login", SOON).path("reason").asString())
                    .startsWith("no auth key given")
                    .contains("TS_AUTHKEY", network.controlUrl() + "/register/");
        }
    }

    @Test
    void saysThatTheControlServerDoesNotAnswer() {
        String reason = "control server http://127.0.0.1:1 does not answer: connection refused";
        try (AgentProcess agent = AgentProcess.in(network.directory().resolve("unreachable"))
                .arguments("--login-server=http://127.0.0.1:1")
                .authKey("tskey-auth-x")
                .start()) {
            Eventually.get(SOON, () -> agent.control("/readyz"), answer -> answer.contains(reason));
            assertThat(agent.status().path("state").asString()).isEqualTo("starting");
            assertThat(agent.log().lines().filter(line -> line.contains("Node is not up: " + reason)))
                    .hasSize(1);

            Curl curl = agent.overHttp("http://somewhere:80");

            assertThat(curl.errors()).contains("HTTP/1.1 503", reason);
            assertThat(curl.took()).isBetween(PATIENCE.minusSeconds(1), PATIENCE.plusSeconds(3));
        }
    }

    @Test
    void saysThatTheNodesKeyHasExpired() {
        try (AgentProcess agent = AgentProcess.in(network, "aged")
                .authKey(network.createAuthKey(AuthKeyOptions.singleUse()))
                .startAndAwaitRunning()) {
            network.expireNode(id("aged"));

            assertThat(agent.awaitState("needs-login", PATIENCE).path("reason").asString())
                    .startsWith("the node's key expired at 20");
        }
    }

    @Test
    void saysThatTheNodeWasRemovedOnceTheServerTells() {
        try (AgentProcess agent = AgentProcess.in(network, "removed")
                .authKey(network.createAuthKey(AuthKeyOptions.singleUse()))
                .startAndAwaitRunning()) {
            network.deleteNode(id("removed"));
            // Headscale goes on with the poll it has; it is the next one that it refuses.
            network.stopControl();
            network.startControl();

            assertThat(agent.awaitState("needs-login", LONG).path("reason").asString())
                    .startsWith("control server " + network.controlUrl() + " does not know this node any more");
            assertThat(agent.control("/readyz")).contains(" 503 ");
            assertThat(agent.overHttp("http://first:80").errors()).contains("HTTP/1.1 503");
        }
    }

    private long id(String name) {
        return network.nodes().stream()
                .filter(node -> node.givenName().equals(name))
                .findFirst()
                .orElseThrow()
                .id();
    }

    @Test
    void aConnectionWaitsForTheNode() throws Exception {
        try (var server = new EchoServer(InetAddress.ofLiteral("127.0.0.1"));
                var peer = network.startPeer("patient");
                var control = new Gate(network.controlUrl());
                AgentProcess agent = AgentProcess.in(network, "early")
                        .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                        .arguments("--login-server=" + control.address())
                        .start();
                var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Tunnel> open =
                    () -> Tunnel.open(agent.proxyPort(), Tunnel.Protocol.HTTP, peer.ipv4(), server.port());
            Future<Tunnel> early = clients.submit(open);
            Eventually.get(
                    PATIENCE, () -> agent.status().at("/connections/waiting").asInt(), waiting -> waiting == 1);
            control.open();

            try (Tunnel tunnel = early.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                tunnel.send("patience");
                assertThat(tunnel.receive(8)).isEqualTo("patience");
            }
            assertThat(agent.awaitLogLines("DECISION"))
                    .singleElement(as(STRING))
                    .contains("waited_ms=");
        }
    }
}
