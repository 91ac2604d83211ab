package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.agent.testing.TailscaleCommand;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.CommandResult;
import dev.tailnet.testnet.Peer;
import dev.tailnet.testnet.TestNetwork;
import dev.tailnet.testnet.fixture.PageServer;
import java.net.InetAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** The real tailscale command against the agent, and what the agent makes of it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TailscaleCommandIT {
    private static final String LOGGED_OUT = "logged out here";
    private static final Duration SOON = Duration.ofSeconds(20);

    private TestNetwork network;
    private Peer peer;
    private PageServer page;
    private AgentProcess agent;
    private TailscaleCommand tailscale;

    @BeforeAll
    void start() {
        network = TestNetwork.start();
        peer = network.startPeer("friend");
        page = new PageServer(InetAddress.ofLiteral("127.0.0.1"), "the friend");
        agent = AgentProcess.in(network, "commanded")
                .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode().withReusable(true)))
                .startAndAwaitRunning();
        agent.awaitPeer("friend");
        tailscale = TailscaleCommand.on(agent, network.nodeEnvironment());
    }

    @AfterAll
    void stop() {
        agent.close();
        page.close();
        network.close();
    }

    @Test
    void status() {
        assertThat(tailscale.ok("status").lines())
                .anySatisfy(line -> assertThat(line).contains(address(), "commanded"))
                .anySatisfy(line -> assertThat(line).contains(peer.ipv4(), "friend"));

        JsonNode json = tailscale.json("status", "--json");

        assertThat(json.path("BackendState").asString()).isEqualTo("Running");
        assertThat(json.path("Self").path("HostName").asString()).isEqualTo("commanded");
        assertThat(json.path("Peer")
                        .valueStream()
                        .map(friend -> friend.path("HostName").asString()))
                .contains("friend");
    }

    @Test
    void ip() {
        assertThat(tailscale.ok("ip", "-4").strip()).isEqualTo(address());
        assertThat(tailscale.ok("ip", "-4", "friend").strip()).isEqualTo(peer.ipv4());
    }

    @Test
    void ping() {
        assertThat(tailscale.ok("ping", "--c=3", "friend")).contains("pong from friend (" + peer.ipv4() + ") via ");
        assertThat(tailscale.ok("ping", "--icmp", "--c=1", peer.ipv4())).contains("pong from friend");
    }

    @Test
    void whois() {
        assertThat(tailscale.ok("whois", peer.ipv4())).contains("friend." + network.baseDomain());
        assertThat(tailscale
                        .json("whois", "--json", peer.ipv4() + ":80")
                        .path("Node")
                        .path("ComputedName")
                        .asString())
                .isEqualTo("friend");
    }

    @Test
    void netcheck() {
        assertThat(tailscale.ok("netcheck")).contains("Nearest DERP:", "* UDP: true");
    }

    @Test
    void prefsAndDns() {
        JsonNode prefs = tailscale.json("debug", "prefs");

        assertThat(prefs.path("ControlURL").asString())
                .isEqualTo(network.controlUrl().toString());
        assertThat(prefs.path("Hostname").asString()).isEqualTo("commanded");
        assertThat(prefs.toString()).doesNotContainPattern("privkey:0*[1-9a-f]");
        assertThat(tailscale.ok("dns", "query", "friend." + network.baseDomain()))
                .contains(peer.ipv4());
        assertThat(tailscale.ok("dns", "status")).contains(network.baseDomain());
    }

    @Test
    void set() {
        tailscale.ok("set", "--hostname=renamed", "--accept-routes=false");
        assertThat(tailscale.json("debug", "prefs").path("RouteAll").asBoolean())
                .isFalse();
        network.awaitNodes(
                SOON, nodes -> nodes.stream().anyMatch(node -> node.name().equals("renamed")));

        tailscale.ok("set", "--hostname=commanded", "--accept-routes=true");
        network.awaitNodes(
                SOON, nodes -> nodes.stream().anyMatch(node -> node.name().equals("commanded")));
    }

    @Test
    void noConnectionPassesThePolicyByIt() {
        CommandResult nc = tailscale.run("nc", "friend", String.valueOf(page.port()));

        assertThat(nc.exitCode()).isNotZero();
        assertThat(nc.stderr()).contains("tailnet-agent nc");
    }

    @Test
    void downAndUp() {
        tailscale.ok("down");
        JsonNode status = agent.awaitState("stopped", SOON);

        assertThat(status.path("reason").asString()).contains("taken down");
        assertThat(agent.control("/readyz")).contains(" 503 ", "taken down");
        assertThat(agent.overHttp("http://friend:" + page.port()).errors()).contains("503", "taken down");
        assertThat(tailscale.run("status").stdout()).contains("Tailscale is stopped.");

        tailscale.ok("up");
        agent.awaitState("running", SOON);

        assertThat(agent.control("/readyz")).contains(" 200 ");
        assertThat(agent.overHttp("http://friend:" + page.port()).output()).isEqualTo("the friend");
    }

    @Test
    void logoutAndUp() {
        String key = network.createAuthKey(AuthKeyOptions.ephemeralNode());
        try (AgentProcess leaving = AgentProcess.in(network, "leaving")
                .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                .startAndAwaitRunning()) {
            var command = TailscaleCommand.on(leaving, network.nodeEnvironment());

            command.ok("logout");
            JsonNode status = leaving.awaitState("needs-login", SOON);

            assertThat(status.path("reason").asString()).containsPattern(LOGGED_OUT);
            assertThat(leaving.control("/readyz")).contains(" 503 ").containsPattern(LOGGED_OUT);
            network.awaitNodes(
                    SOON, nodes -> nodes.stream().noneMatch(node -> node.name().equals("leaving")));
            JsonNode prefs = Eventually.get(
                    SOON,
                    () -> command.json("debug", "prefs"),
                    now -> now.path("ControlURL")
                            .asString()
                            .equals(network.controlUrl().toString()));
            assertThat(prefs.path("Hostname").asString()).isEqualTo("leaving");
            assertThat(prefs.path("ShieldsUp").asBoolean()).isTrue();

            command.ok(
                    "up", "--reset", "--auth-key=" + key, "--login-server=" + network.controlUrl(), "--hostname=back");
            leaving.awaitState("running", SOON);

            assertThat(leaving.control("/readyz")).contains(" 200 ");
            network.awaitNodes(
                    SOON, nodes -> nodes.stream().anyMatch(node -> node.name().equals("back")));
            leaving.awaitPeer("friend");
            assertThat(leaving.overHttp("http://friend:" + page.port()).output())
                    .isEqualTo("the friend");
            assertThat(leaving.log()).doesNotContain(key);
        }
    }

    @Test
    void theSocketIsThereForAsLongAsTheAgent() throws Exception {
        Path directory = network.directory().resolve("agent-brief");
        Path socket = directory.resolve("elsewhere/s.sock");
        Files.createDirectories(socket.getParent());
        try (var stale = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            stale.bind(UnixDomainSocketAddress.of(socket));
        }
        assertThat(socket).exists();
        try (AgentProcess brief = AgentProcess.in(network, "brief")
                .environment("TS_SOCKET", socket.toString())
                .start()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                    .isEqualTo("rw-rw-rw-");
            assertThat(brief.runtimeDir().resolve("tailscaled.sock")).doesNotExist();
            assertThat(TailscaleCommand.on(socket, directory, network.nodeEnvironment())
                            .json("status", "--json")
                            .path("BackendState")
                            .asString())
                    .isIn("NoState", "Starting", "NeedsLogin");

            AgentProcess second = AgentProcess.in(network, "second")
                    .arguments("--socket=" + socket)
                    .launch();
            assertThat(second.awaitExit()).isEqualTo(ExitCode.STATE_DIR.code());
            assertThat(second.log()).contains(socket.toString(), "another process listens there", "--socket");

            brief.terminate();
            assertThat(brief.awaitExit()).isZero();
        }
        assertThat(socket).doesNotExist();
    }

    private String address() {
        return agent.status().path("addresses").path(0).asString();
    }
}
