package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.Curl;
import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.Peer;
import dev.tailnet.testnet.PeerOptions;
import dev.tailnet.testnet.TestAddresses;
import dev.tailnet.testnet.TestNetwork;
import dev.tailnet.testnet.fixture.PageServer;
import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Targets outside the tailnet through a real exit node, and never past it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExitNodeIT {
    private static final Duration CHANGE = Duration.ofSeconds(20);

    private TestNetwork network;
    private Peer gate;
    private PageServer page;
    private PageServer peerPage;

    @BeforeAll
    void start() {
        page = new PageServer(TestAddresses.DIRECT_HOST_IPV4, "the internet");
        peerPage = new PageServer(InetAddress.ofLiteral("127.0.0.1"), "the peer");
        network = TestNetwork.start();
        gate = network.startPeer("gate", PeerOptions.exitNode());
    }

    @AfterAll
    void stop() {
        network.close();
        page.close();
        peerPage.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gate", "gate.tailnet.test", "address"})
    void leadsOut(String name) {
        String exitNode = name.equals("address") ? gate.ipv4() : name;
        try (var agent = agent("out-" + name.replace('.', '-'), "--exit-node=" + exitNode)) {
            Curl curl = agent.overHttp(url());

            assertThat(curl.output()).as("%s\n%s", curl, agent.log()).isEqualTo("the internet");
            agent.awaitLog("route=EXIT_NODE", "Exit node " + exitNode + " is in use");
            assertThat(agent.overSocks("http://gate:" + peerPage.port()).output())
                    .isEqualTo("the peer");
            assertThat(agent.verb("resolve", "198.51.100.10").output()).contains("198.51.100.10  exit-node");
        }
    }

    @Test
    void isNotReplacedByTheDirectWay() {
        network.startPeer("plain");
        try (var agent = agent("misled", "--exit-node=plain")) {
            Curl curl = agent.overHttp(url());

            assertThat(curl.errors()).contains("HTTP/1.1 403", "plain is not an exit node", "--advertise-exit-node");
            assertThat(agent.status().path("warnings").toString()).contains("plain is not an exit node");
            assertThat(agent.overHttp("http://gate:" + peerPage.port()).output())
                    .as("the tailnet needs no exit node")
                    .isEqualTo("the peer");
        }
    }

    @Test
    void isUsedFromWhenItIsThereUntilItIsGone() {
        try (var agent = agent("patient", "--exit-node=late")) {
            assertThat(agent.overHttp(url()).errors())
                    .contains("HTTP/1.1 403", "no peer of the tailnet is called late");

            Peer late = network.startPeer("late", PeerOptions.exitNode().withEphemeral(true));
            Eventually.get(CHANGE, () -> agent.overHttp(url()).output(), "the internet"::equals);

            network.deleteNode(network.nodes().stream()
                    .filter(node -> node.name().equals("late"))
                    .findFirst()
                    .orElseThrow()
                    .id());
            late.close();
            Eventually.get(CHANGE, () -> agent.overHttp(url()).errors(), errors -> errors.contains("HTTP/1.1 403"));
        }
    }

    @Test
    void isChosenAndGivenUpWhileTheAgentRuns() {
        try (var agent = agent("undecided")) {
            assertThat(agent.overHttp(url()).output()).isEqualTo("the internet");
            agent.awaitLog("route=DIRECT");

            assertThat(agent.verb("set", "--exit-node=gate").exitCode()).isZero();
            agent.awaitLog("Exit node gate is in use");
            assertThat(agent.overHttp(url()).output()).isEqualTo("the internet");
            agent.awaitLog("route=EXIT_NODE");
            assertThat(agent.control("/proxy.pac"))
                    .as("a browser asks for everything")
                    .contains("EVERYTHING = true");

            Peer passing = network.startPeer("passing", PeerOptions.exitNode().withEphemeral(true));
            agent.awaitPeer("passing");
            assertThat(agent.verb("set", "--exit-node=passing").exitCode()).isZero();
            agent.awaitLog("Exit node passing is in use");
            network.deleteNode(network.nodes().stream()
                    .filter(node -> node.name().equals("passing"))
                    .findFirst()
                    .orElseThrow()
                    .id());
            passing.close();
            Eventually.get(
                    CHANGE,
                    () -> agent.overHttp(url()).errors(),
                    errors -> errors.contains("HTTP/1.1 403") && errors.contains("no peer of the tailnet is called"));

            assertThat(agent.verb("set", "--exit-node=").exitCode()).isZero();
            agent.awaitLog("is not to be used any more");
            assertThat(agent.overHttp(url()).output()).isEqualTo("the internet");
        }
    }

    @Test
    void isOfNoUseWhereTheInternetIsDenied() {
        try (var agent = agent("closed", "--internet=deny")) {
            assertThat(agent.verb("set", "--exit-node=gate").exitCode()).isZero();

            agent.awaitLog("Nothing may use the exit node: the agent was started with --internet=deny");
            assertThat(agent.overHttp(url()).errors()).contains("HTTP/1.1 403", "--internet=deny");
        }
    }

    private String url() {
        return "http://198.51.100.10:" + page.port();
    }

    private AgentProcess agent(String hostname, String... arguments) {
        return AgentProcess.in(network, hostname)
                .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                .arguments(arguments)
                .startAndAwaitRunning();
    }
}
