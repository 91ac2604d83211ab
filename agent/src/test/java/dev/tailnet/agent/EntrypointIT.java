package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tailnet.agent.testing.Container;
import dev.tailnet.agent.testing.OnTestNetwork;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.Node;
import dev.tailnet.testnet.fixture.PageServer;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The agent as process 1 of a container, alone and with a command beside it. */
class EntrypointIT extends OnTestNetwork {
    @BeforeAll
    void needsProcessNamespaces() {
        assumeTrue(Container.canBeHad(), "this machine allows no 'unshare --pid'");
    }

    @Test
    void aCommandFindsTheTailnetAndNoKey() {
        String key = network.createAuthKey(AuthKeyOptions.ephemeralNode());
        var peer = network.startPeer("web");
        try (var page = new PageServer(InetAddress.ofLiteral("127.0.0.1"), "the peer");
                Container container = entrypoint(
                        "commanded",
                        key,
                        "curl -sS --max-time 30 http://web:%d/; ".formatted(page.port())
                                + "env; cat /proc/1/environ /proc/1/cmdline | tr '\\0' '\\n'; "
                                + "(sleep 0.2 &); sleep 0.5; echo zombies: $(grep -ls '^State:.Z' /proc/[0-9]*/status | wc -l); "
                                + "exit 7")) {
            assertThat(container.awaitExit()).as(container.log()).isEqualTo(7);
            assertThat(container.log())
                    .contains("the peer", "ALL_PROXY=socks5h://127.0.0.1:", "zombies: 0")
                    .doesNotContain(key);
            assertThat(names()).contains(peer.hostname()).doesNotContain("commanded");
        }
    }

    @Test
    void theCommandStopsWithTheContainerAndTheNodeIsLoggedOut() {
        try (Container container = entrypoint(
                "stopped",
                network.createAuthKey(AuthKeyOptions.ephemeralNode()),
                "trap 'echo stopping; exit 3' TERM; echo begun; while :; do sleep 0.05; done")) {
            container.awaitLog("begun");
            assertThat(names()).contains("stopped");

            container.signal("TERM");

            assertThat(container.awaitExit()).as(container.log()).isEqualTo(3);
            assertThat(container.log()).contains("stopping");
            assertThat(names()).doesNotContain("stopped");
        }
    }

    @Test
    void aKeyThatIsRefusedEndsTheWaitWithItsReasonInTheLog() {
        try (Container container = entrypoint("refused", "hskey-auth-000000000000-0000", "echo ran", "--timeout=8s")) {
            assertThat(container.awaitExit()).as(container.log()).isEqualTo(ExitCode.TIMEOUT.code());
            assertThat(container.log())
                    .contains("the node is not up after 8s", "auth key")
                    .doesNotContain("ran\n");
        }
    }

    @Test
    void theAgentAloneReapsAndStops() {
        try (Container container = Container.start(
                network,
                "alone",
                network.createAuthKey(AuthKeyOptions.ephemeralNode()),
                flags("run", "alone").toArray(String[]::new))) {
            network.awaitNodes(
                    java.time.Duration.ofSeconds(30), nodes -> names(nodes).contains("alone"));
            container.awaitLog("Node is up");

            container.signal("TERM");

            assertThat(container.awaitExit()).as(container.log()).isZero();
            assertThat(names()).doesNotContain("alone");
        }
    }

    private Container entrypoint(String name, String key, String script, String... more) {
        List<String> words = flags("entrypoint", name);
        words.addAll(List.of(more));
        words.addAll(List.of("--", "sh", "-c", script));
        return Container.start(network, name, key, words.toArray(String[]::new));
    }

    private List<String> flags(String verb, String name) {
        return new ArrayList<>(List.of(
                verb,
                "--login-server=" + network.controlUrl(),
                "--hostname=" + name,
                "--listen=127.0.0.1:0",
                "--status-listen=none"));
    }

    private List<String> names() {
        return names(network.nodes());
    }

    private static List<String> names(List<Node> nodes) {
        return nodes.stream().map(Node::givenName).toList();
    }
}
