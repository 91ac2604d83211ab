package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.agent.testing.OnTestNetwork;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.NetworkOptions;
import dev.tailnet.testnet.PeerOptions;
import dev.tailnet.testnet.TestNetwork;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code tailnet-agent check} of a node that is not up, of a tailnet without MagicDNS, and of no agent at all. */
class CheckNodeIT extends OnTestNetwork {
    private static final Duration SOON = Duration.ofSeconds(20);

    private static JsonNode check(AgentProcess agent, String... arguments) {
        var all = new String[arguments.length + 1];
        all[0] = "--json";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        var said = agent.verb(Map.of("HOME", agent.directory().toString()), "check", all);
        JsonNode report = JsonMapper.shared().readTree(said.output());
        assertThat(report.path("exitCode").asInt()).isEqualTo(said.exitCode());
        return report;
    }

    private static void assertEventually(AgentProcess agent, ExitCode cause, String step) {
        JsonNode report = Eventually.get(
                SOON,
                () -> check(agent, "somewhere:80"),
                it -> it.path("cause").asString("").equals(cause.id()));
        assertThat(report.path("steps")
                        .valueStream()
                        .filter(it -> it.path("outcome").asString().equals("failed"))
                        .map(it -> it.path("step").asString()))
                .containsExactly(step);
        assertThat(report.path("fix").asString()).isNotEmpty();
    }

    @Test
    void aKeyThatNobodyKnows() {
        assertKey("unknown-key", "hskey-auth-000000000000-" + "0".repeat(64), ExitCode.KEY_INVALID);
    }

    @Test
    void aKeyThatHasExpired() {
        String key = network.createAuthKey(AuthKeyOptions.singleUse());
        network.expireAuthKey(key);
        assertKey("expired-key", key, ExitCode.KEY_EXPIRED);
    }

    @Test
    void aKeyThatIsUsedUp() {
        String key = network.createAuthKey(AuthKeyOptions.singleUse());
        network.startPeer("first", PeerOptions.plain(), key).close();
        assertKey("used-key", key, ExitCode.KEY_USED);
    }

    private void assertKey(String hostname, String key, ExitCode cause) {
        try (AgentProcess agent =
                AgentProcess.in(network, hostname).authKey(key).start()) {
            assertEventually(agent, cause, "login");
        }
    }

    @Test
    void noKeyAtAll() {
        try (AgentProcess agent = AgentProcess.in(network, "no-key").start()) {
            assertEventually(agent, ExitCode.KEY_MISSING, "login");
        }
    }

    @Test
    void aNodeWhoseKeyHasExpired() {
        try (AgentProcess agent = AgentProcess.in(network, "aged")
                .authKey(network.createAuthKey(AuthKeyOptions.singleUse()))
                .startAndAwaitRunning()) {
            network.expireNode(network.nodes().stream()
                    .filter(node -> node.givenName().equals("aged"))
                    .findFirst()
                    .orElseThrow()
                    .id());
            assertEventually(agent, ExitCode.NODE_KEY_EXPIRED, "registration");
        }
    }

    @Test
    void aControlServerThatIsNotThere() {
        try (AgentProcess agent = AgentProcess.in(network.directory().resolve("unreachable"))
                .arguments("--login-server=http://127.0.0.1:1")
                .authKey("tskey-auth-x")
                .start()) {
            assertEventually(agent, ExitCode.CONTROL_UNREACHABLE, "control server");
        }
    }

    @Test
    void withoutAnAgentItSaysWhatWouldBe() {
        AgentProcess gone =
                AgentProcess.in(network, "gone").arguments("--print-config").launch();
        assertThat(gone.awaitExit()).isZero();

        JsonNode startable = check(gone, "--login-server=" + network.controlUrl(), "web:80");
        assertThat(startable.path("cause").asString()).as("%s", startable).isEqualTo(ExitCode.NO_AGENT.id());
        assertThat(startable.path("fix").asString()).contains("tailnet-agent run");
        assertThat(startable
                        .path("steps")
                        .valueStream()
                        .map(it -> it.path("step").asString()))
                .startsWith("configuration", "library", "control server", "agent");

        assertThat(check(gone, "--login-server=http://127.0.0.1:1")
                        .path("cause")
                        .asString())
                .isEqualTo(ExitCode.CONTROL_UNREACHABLE.id());
    }

    @Test
    void aTailnetWithoutMagicDns() {
        try (var plain = TestNetwork.start(NetworkOptions.defaults().withoutMagicDns())) {
            var web = plain.startPeer("web");
            try (AgentProcess agent = AgentProcess.in(plain, "box")
                    .authKey(plain.createAuthKey(AuthKeyOptions.ephemeralNode()))
                    .startAndAwaitRunning()) {
                agent.awaitPeer("web");

                JsonNode report = check(agent, "web.tailnet.test:80");

                assertThat(report.path("cause").asString("")).as("%s", report).isEqualTo(ExitCode.MAGICDNS_OFF.id());
                assertThat(report.path("fix").asString()).contains(web.ipv4());
            }
        }
    }
}
