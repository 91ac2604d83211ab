package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.Curl;
import dev.tailnet.agent.testing.OnTestNetwork;
import dev.tailnet.agent.testing.Restriction;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.Peer;
import dev.tailnet.testnet.fixture.PageServer;
import java.io.IOException;
import java.net.InetAddress;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** The agent in what sandboxes are: each time something is taken away, and the rest has to work. docs/sandboxes.md has the list. */
class SandboxesIT extends OnTestNetwork {
    private Peer peer;
    private PageServer page;

    @BeforeAll
    void startPeer() {
        peer = network.startPeer("web");
        page = new PageServer(InetAddress.ofLiteral("127.0.0.1"), "the peer");
    }

    @AfterAll
    void stopPage() throws IOException {
        page.close();
        Restriction.cleanUp();
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"NOTHING_WRITABLE", "NETLINK"})
    void worksWithout(Restriction restriction) {
        AgentProcess.Builder builder = agent(restriction);
        assumeTrue(restriction.isPossible(), "this machine cannot: " + restriction);
        try (AgentProcess agent = builder.startAndAwaitRunning()) {
            agent.awaitPeer(peer.hostname());
            String url = "http://web:" + page.port() + "/";
            assertReached(agent, agent.overSocks(url));
            assertReached(agent, agent.overHttp(url));
            assertReached(agent, Curl.run("-x", "http://127.0.0.1:" + agent.proxyPort(), url));

            agent.terminate();

            assertThat(agent.awaitExit()).as(agent.log()).isZero();
            assertThat(network.nodes()).noneMatch(node -> node.givenName().equals(hostname(restriction)));
        }
    }

    private static void assertReached(AgentProcess agent, Curl curl) {
        assertThat(curl.output()).as("%s\n%s", curl, agent.log()).isEqualTo("the peer");
    }

    @Test
    void saysThatItNeedsADirectoryForItsSocket() {
        assumeTrue(Restriction.NOTHING_WRITABLE.isPossible(), "this machine allows no 'unshare --mount'");
        AgentProcess agent = agent(Restriction.NOTHING_WRITABLE).launch();

        assertThat(agent.awaitExit()).as(agent.log()).isEqualTo(ExitCode.STATE_DIR.code());
        assertThat(agent.log()).contains("runtime directory ", "Read-only file system", "--runtime-dir");
    }

    @Test
    void saysThatItCannotSeeTheNetworkWithoutNetlink() {
        assumeTrue(Restriction.NETLINK.isPossible(), "there is no C compiler, or no seccomp");
        AgentProcess agent = agent(Restriction.NETLINK).launch();

        assertThat(agent.awaitExit()).as(agent.log()).isEqualTo(ExitCode.NODE.code());
        assertThat(agent.log()).contains("the node cannot start", "netlink");
    }

    private AgentProcess.Builder agent(Restriction restriction) {
        return restriction.on(AgentProcess.in(network, hostname(restriction))
                .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode())));
    }

    private static String hostname(Restriction restriction) {
        return "box-" + restriction.ordinal();
    }
}
