package dev.tailnet.agent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.testing.OnTestNetwork;
import dev.tailnet.testnet.AuthKeyOptions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The operator looks at an agent, before and after it is up, at the ports that everybody expects. */
class ScenarioFIT extends OnTestNetwork {
    private static final String STATUS_PORT = "curl -sS -w '\\n%{http_code}' http://127.0.0.1:9002";

    @Test
    void anOperatorSeesWhatIsGoingOn() {
        String key = network.createAuthKey(AuthKeyOptions.ephemeralNode());
        try (var agent = Boot.start(
                network,
                CommandLines.in(network.directory()),
                network.directory().resolve("operated"),
                "exec tailnet-agent run --hostname=operated",
                Map.of("TS_AUTHKEY", "hskey-auth-000000000000-" + "0".repeat(64)))) {
            agent.await(STATUS_PORT + "/readyz", "auth key rejected");
            assertThat(agent.run(STATUS_PORT + "/readyz").output()).endsWith("\n503");
            assertThat(agent.run(STATUS_PORT + "/healthz").output()).isEqualTo("ok\n\n200");
            assertThat(agent.run("tailnet-agent check").exitCode()).isEqualTo(23);

            assertThat(agent.run("tailnet-agent up --timeout=30s --auth-key=" + key)
                            .exitCode())
                    .isZero();
            agent.await(STATUS_PORT + "/readyz", "ready\n");
            String status = agent.run("curl -sS http://127.0.0.1:9002/status").ok();
            assertThat(JsonMapper.shared().readTree(status).path("name").asString())
                    .isEqualTo("operated");
            assertThat(agent.run(STATUS_PORT + "/metrics").output())
                    .contains("tailnet_node_state{state=\"running\"} 1")
                    .endsWith("200");
            assertThat(agent.run(STATUS_PORT + "/").output()).endsWith("200");
            assertThat(agent.run("tailnet-agent check").ok()).contains("the node is up");
            var report = agent.run("tailnet-agent bugreport");
            assertThat(report.exitCode()).as("%s", report).isZero();
            assertThat(report.output() + report.errors() + agent.log()).doesNotContain(key);
            assertThat(agent.log()).contains("auth key rejected").doesNotContain("hskey-auth-000000000000-");
        }
    }
}
