package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.agent.testing.Tunnel;
import dev.tailnet.agent.testing.Tunnel.Protocol;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.TestNetwork;
import dev.tailnet.testnet.fixture.EchoServer;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What is exposed by a configuration that is read again, and at a stop. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExposeLiveIT {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final EchoServer echo = new EchoServer(InetAddress.ofLiteral("127.0.0.1"));
    private TestNetwork network;
    private AgentProcess client;

    @BeforeAll
    void start() {
        network = TestNetwork.start();
        client = agent("client").startAndAwaitRunning();
    }

    private AgentProcess.Builder agent(String name) {
        return AgentProcess.in(network, name).authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()));
    }

    @AfterAll
    void stop() {
        client.close();
        network.close();
        echo.close();
    }

    @Test
    void changesWithoutDroppingAConnection() throws IOException {
        Path file = network.directory().resolve("agent.yaml");
        Files.writeString(file, "expose: [3000=" + echo.port() + "]\n");
        try (AgentProcess agent = started(agent("changing").arguments("--config=" + file), "changing");
                Tunnel before = open("changing", 3000)) {
            assertEchoes(before);

            Files.writeString(file, "expose:\n  - {port: 3001, to: " + echo.port() + ", from: client}\n");
            agent.hangUp();
            awaitRefused("changing", 3000);
            try (Tunnel after = open("changing", 3001)) {
                assertEchoes(after);
            }
            assertEchoes(before);

            Files.writeString(file, "expose: [nonsense]\n");
            agent.hangUp();
            Eventually.get(SOON, agent::log, log -> log.contains("'nonsense' is no port"));
            try (Tunnel after = open("changing", 3001)) {
                assertEchoes(after);
            }
            assertThat(agent.status().path("exposed").path(0).path("port").asString())
                    .isEqualTo("3001");
        }
    }

    @Test
    void whatIsOpenMayEndAtAStop() throws IOException {
        try (AgentProcess agent = started(
                        agent("stopping").arguments("--expose=3000=" + echo.port(), "--drain-timeout=1m"), "stopping");
                Tunnel open = open("stopping", 3000)) {
            assertEchoes(open);
            agent.terminate();
            Eventually.get(SOON, agent::log, log -> log.contains("Waiting up to 60 s for 1 open connections"));
            assertEchoes(open);
            open.endOutput();
            assertThat(open.receiveAll()).isEmpty();
            assertThat(agent.awaitExit()).isZero();
        }
    }

    private AgentProcess started(AgentProcess.Builder builder, String name) {
        AgentProcess agent = builder.startAndAwaitRunning();
        client.awaitPeer(name);
        return agent;
    }

    private Tunnel open(String host, int port) throws IOException {
        return Tunnel.open(client.proxyPort(), Protocol.SOCKS5, host, port);
    }

    private void awaitRefused(String host, int port) {
        Eventually.get(
                SOON,
                () -> client.overHttp("http://" + host + ":" + port).errors(),
                errors -> errors.contains("connection_refused"));
    }

    private static void assertEchoes(Tunnel tunnel) throws IOException {
        tunnel.send("echo");
        assertThat(tunnel.receive(4)).isEqualTo("echo");
    }
}
