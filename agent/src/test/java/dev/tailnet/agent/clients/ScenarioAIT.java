package dev.tailnet.agent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.testing.OnTestNetwork;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.Node;
import dev.tailnet.testnet.fixture.PageServer;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A sandbox boots: an ephemeral node by one line of an entrypoint, on the ports that everybody expects. */
class ScenarioAIT extends OnTestNetwork {
    private static final String LISTENING = "0A";
    private static final String LOOPBACK_IPV4 = "0100007F";
    private static final String LOOPBACK_IPV6 = "00000000000000000000000001000000";

    @Test
    void aSandboxBootsReachesTheTailnetAndIsGone() throws Exception {
        String key = network.createAuthKey(AuthKeyOptions.ephemeralNode().withTags("tag:sandbox"));
        network.startPeer("grafana");
        var entrypoint = Map.of("ID", "7", "TS_AUTHKEY", key);
        try (var page = new PageServer(InetAddress.ofLiteral("127.0.0.1"), "dashboards");
                var agent = Boot.start(
                        network,
                        CommandLines.in(network.directory()),
                        network.directory().resolve("sandbox"),
                        "exec tailnet-agent run --hostname=autoheal-$ID",
                        entrypoint)) {
            agent.await("tailnet-agent wait --timeout=30s && echo up", "up");

            assertThat(network.nodes())
                    .filteredOn(node -> node.givenName().equals("autoheal-7"))
                    .singleElement()
                    .satisfies(node -> assertThat(node.tags()).containsExactly("tag:sandbox"));
            agent.await("tailnet-agent status", "grafana");
            String url = "http://grafana:" + page.port() + "/";
            assertThat(agent.run("eval \"$(tailnet-agent env)\"; curl -sS " + url)
                            .ok())
                    .isEqualTo("dashboards");
            assertThat(agent.run("curl -sS -x socks5h://127.0.0.1:1055 " + url).ok())
                    .isEqualTo("dashboards");

            var reachable = agent.run("eval \"$(tailnet-agent env)\"; tailnet-agent check grafana:" + page.port());
            assertThat(reachable.ok()).contains("can be reached", "lead to the agent");
            assertThat(agent.run("tailnet-agent check grafana:1").exitCode()).isEqualTo(42);

            assertThat(listeners(agent.pid())).isNotEmpty().allMatch(ScenarioAIT::isLoopback);
            assertThat(Files.readString(Path.of("/proc/" + agent.pid() + "/environ")) + agent.log())
                    .doesNotContain(key);

            assertThat(agent.stop()).isZero();
            assertThat(network.nodes()).extracting(Node::givenName).doesNotContain("autoheal-7");
        }
    }

    /** The local addresses of a process's listening TCP sockets, in the notation of /proc/net/tcp. */
    private static List<String> listeners(long pid) throws IOException {
        Set<String> inodes;
        try (var files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            inodes = files.map(ScenarioAIT::target)
                    .filter(target -> target.startsWith("socket:["))
                    .map(target -> target.substring("socket:[".length(), target.length() - 1))
                    .collect(Collectors.toSet());
        }
        var addresses = new ArrayList<String>();
        for (String table : List.of("tcp", "tcp6")) {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/net/" + table))) {
                String[] fields = line.strip().split("\\s+");
                if (fields[3].equals(LISTENING) && inodes.contains(fields[9])) {
                    addresses.add(fields[1].substring(0, fields[1].indexOf(':')));
                }
            }
        }
        return addresses;
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return ""; // closed meanwhile
        }
    }

    private static boolean isLoopback(String address) {
        return address.equals(LOOPBACK_IPV4)
                || address.equals(LOOPBACK_IPV6)
                || address.equals("0000000000000000FFFF0000" + LOOPBACK_IPV4);
    }
}
