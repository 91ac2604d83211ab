package dev.tailnet.agent.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.agent.testing.Gate;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.fixture.EchoServer;
import dev.tailnet.testnet.fixture.ServerFirstServer;
import dev.tailnet.testnet.fixture.SinkServer;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Static forwards, as those use them that know no proxy. */
@ExtendWith(Tailnet.Provider.class)
@Timeout(90)
class ForwardIT {
    private static final InetAddress PEER = InetAddress.ofLiteral("127.0.0.1");
    private static final int TIMEOUT_MILLIS = 30_000;

    private final Tailnet tailnet;

    ForwardIT(Tailnet tailnet) {
        this.tailnet = tailnet;
    }

    private AgentProcess.Builder agent(String hostname, String forwards) {
        return AgentProcess.in(tailnet.network(), hostname)
                .authKey(tailnet.network().createAuthKey(AuthKeyOptions.ephemeralNode()))
                .arguments("--forward=" + forwards);
    }

    private static Socket connect(AgentProcess agent, String target) throws IOException {
        var listener = agent.forwardTo(target);
        var socket = new Socket(listener.getAddress(), listener.getPort());
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return socket;
    }

    @Test
    void psqlReachesPostgres() throws IOException {
        var home = tailnet.folder();
        var psql = Program.named("psql", home);
        try (var postgres = new Postgres();
                var agent = agent("psql", "0=web:" + postgres.port()).startAndAwaitRunning()) {
            var port = agent.forwardTo("web:" + postgres.port()).getPort();
            String[] query = {
                "-h",
                "127.0.0.1",
                "-p",
                String.valueOf(port),
                "-U",
                "postgres",
                "-Atc",
                "SELECT 40 + 2; COPY (SELECT repeat('x', 1000) FROM generate_series(1, 2000)) TO STDOUT"
            };
            assertThat(psql.run(query).ok()).startsWith("42\n").hasSize(3 + 2000 * 1001);
        }
    }

    @Test
    void servesWhoSpeaksFirstAndKeepsEachEnd() throws IOException {
        try (var first = new ServerFirstServer(PEER, "220 ready\r\n");
                var sink = new SinkServer(PEER);
                var agent = agent("ends", "0=web:" + first.port() + ",[::1]:0=web.tailnet.test:" + sink.port())
                        .startAndAwaitRunning()) {
            try (var client = connect(agent, "web:" + first.port())) {
                assertThat(client.getInputStream().readNBytes(11)).asString().isEqualTo("220 ready\r\n");
            }
            try (var client = connect(agent, "web.tailnet.test:" + sink.port())) {
                client.getOutputStream().write(new byte[100_000]);
                client.shutdownOutput();
                assertThat(new DataInputStream(client.getInputStream()).readLong())
                        .isEqualTo(100_000);
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
        }
    }

    @Test
    void aFailedDialIsAResetWithTheReasonInTheLog() throws IOException {
        try (var agent = agent("resets", "0=web:1,0=nosuchname:1").startAndAwaitRunning()) {
            for (var target : new String[] {"web:1", "nosuchname:1"}) {
                assertThatThrownBy(() -> {
                            try (var client = connect(agent, target)) {
                                client.getInputStream().readAllBytes();
                            }
                        })
                        .isInstanceOf(SocketException.class)
                        .hasMessageContaining("reset");
            }
            assertThat(agent.log())
                    .containsPattern("DECISION id=\\d+ protocol=FORWARD client=\\S+ target=web:1 .*CONNECTION_REFUSED")
                    .containsPattern(
                            "DECISION id=\\d+ protocol=FORWARD client=\\S+ target=nosuchname:1 .*(RESOLUTION_FAILED|NAME_NOT_FOUND)");
        }
    }

    @Test
    void listensBeforeTheNodeIsUpAndWaitsForIt() throws IOException {
        try (var echo = new EchoServer(PEER);
                var gate = new Gate(tailnet.network().controlUrl());
                var agent = agent("early", "0=web:" + echo.port())
                        .arguments("--login-server=" + gate.address())
                        .start();
                var client = connect(agent, "web:" + echo.port())) {
            client.getOutputStream().write("early ".getBytes(StandardCharsets.UTF_8));
            Eventually.get(
                    Duration.ofSeconds(10),
                    () -> agent.status().path("connections").path("waiting").asInt(),
                    waiting -> waiting == 1);
            gate.open();
            client.getOutputStream().write("late".getBytes(StandardCharsets.UTF_8));
            client.shutdownOutput();
            assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("early late");
        }
    }

    @Test
    void aPortInUseEndsTheStart() throws Exception {
        try (var taken = new EchoServer(PEER);
                var agent = agent("taken", taken.port() + "=web:1").launch()) {
            assertThat(agent.awaitExit()).isEqualTo(3);
            assertThat(agent.log()).contains("cannot listen on 127.0.0.1:" + taken.port() + ": the port is in use");
        }
    }
}
