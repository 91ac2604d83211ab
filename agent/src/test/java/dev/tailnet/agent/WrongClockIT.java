package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.Curl;
import dev.tailnet.agent.testing.OnTestNetwork;
import dev.tailnet.agent.testing.ProcessClock;
import dev.tailnet.agent.testing.TlsFront;
import dev.tailnet.agent.testing.TlsIdentity;
import dev.tailnet.agent.testing.Tunnel;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.fixture.EchoServer;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The clock of the agent is wrong from the start, is set right, and is set while the node runs. */
class WrongClockIT extends OnTestNetwork {
    private static final Duration SOON = Duration.ofSeconds(30);

    /** Between two attempts at the control server, of which there have been several by then, a minute may pass. */
    private static final Duration LONG = Duration.ofSeconds(90);

    private static final Duration DAY = Duration.ofDays(1);

    @BeforeAll
    void startPeer() {
        assumeTrue(ProcessClock.isSettable(), "a process's clock can be set on x86-64 alone");
        network.startPeer("far");
    }

    /** The certificate was valid until yesterday: the clock is ahead, until it is set back. */
    @Test
    void aClockThatIsAheadIsTheReasonUntilItIsSetRight() throws IOException {
        Path directory = Files.createDirectory(network.directory().resolve("tls"));
        TlsIdentity expired = new TlsIdentity.Maker(directory).expired("control", "ip:127.0.0.1");
        try (var front = new TlsFront(expired, network.controlUrl());
                AgentProcess agent = AgentProcess.in(network, "ahead")
                        .arguments("--login-server=" + front.url())
                        .environment(
                                "SSL_CERT_FILE",
                                expired.writePem(directory.resolve("ca.pem")).toString())
                        .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                        .start()) {
            String reason =
                    "control server " + front.url() + " has a certificate that is not valid at this machine's time";
            agent.awaitLog("warn  Node is not up: " + reason);
            JsonNode status = agent.status();
            assertThat(status.path("state").asString()).isEqualTo("starting");
            assertThat(status.path("cause").asString()).isEqualTo("control-certificate");
            assertThat(status.path("reason").asString())
                    .startsWith(reason + ": it is valid until 20")
                    .contains("Check this machine's clock");
            assertThat(agent.control("/readyz")).contains(" 503 ", reason);
            assertThat(agent.verb("wait", "--timeout=1s").output()).contains(reason);

            ProcessClock.set(agent.pid(), DAY.multipliedBy(-2));

            agent.awaitState("running", LONG);
            assertThat(agent.log().lines().filter(line -> line.contains(reason)))
                    .as("however many attempts there were")
                    .hasSize(1);
        }
    }

    @Test
    void aClockThatIsSetBackAndForthBreaksNothing() throws IOException {
        try (var server = new EchoServer(InetAddress.ofLiteral("127.0.0.1"));
                AgentProcess agent = AgentProcess.in(network, "jumping")
                        .authKey(network.createAuthKey(AuthKeyOptions.singleUse()))
                        .startAndAwaitRunning()) {
            agent.awaitPeer("far");
            try (Tunnel tunnel = Tunnel.open(agent.proxyPort(), Tunnel.Protocol.SOCKS5, "far", server.port())) {
                echo(tunnel);
                for (Duration difference : new Duration[] {DAY, DAY.negated()}) {
                    ProcessClock.set(agent.pid(), difference);
                    echo(tunnel);
                    assertThat(agent.control("/readyz")).contains(" 200 ");
                    Tunnel.open(agent.proxyPort(), Tunnel.Protocol.HTTP, "far", server.port())
                            .close();
                }
            }
            // The peer remembers the time of the last handshake, which is a day ahead of this clock now.
            assertThat(agent.verb("down").exitCode()).isZero();
            assertThat(agent.verb("up", "--timeout=30s").exitCode()).isZero();
            agent.awaitState("running", SOON);
            Curl curl = agent.overHttp("http://far:" + server.port());
            assertThat(curl.errors()).as("%s", curl).doesNotContain("504");
            try (Tunnel tunnel = Tunnel.open(agent.proxyPort(), Tunnel.Protocol.SOCKS5, "far", server.port())) {
                echo(tunnel);
            }
            assertThat(agent.log()).doesNotContain(" error ");
        }
    }

    private static void echo(Tunnel tunnel) throws IOException {
        tunnel.send("still here");
        assertThat(tunnel.receive(10)).isEqualTo("still here");
    }
}
