package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.Curl;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.TestNetwork;
import dev.tailnet.testnet.fixture.PageServer;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Who reaches what is exposed to some: a tagged node, and one of a user's. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExposeFromIT {
    private TestNetwork network;
    private AgentProcess tagged;
    private AgentProcess owned;
    private AgentProcess exposing;
    private final PageServer page = new PageServer(InetAddress.ofLiteral("127.0.0.1"), "for some");

    @BeforeAll
    void start() {
        network = TestNetwork.start();
        tagged = agent("tagged", AuthKeyOptions.ephemeralNode().withTags("tag:sandbox"));
        owned = agent("owned", AuthKeyOptions.ephemeralNode());
        String ownedAddress = owned.status().path("addresses").path(0).asString();
        String to = "=" + page.port();
        exposing = agent(
                "exposing",
                AuthKeyOptions.ephemeralNode(),
                "--expose=3001" + to + ",from=tag:sandbox"
                        + ",3002" + to + ",from=user:test"
                        + ",3003" + to + ",from=tagged"
                        + ",3004" + to + ",from=owned.tailnet.test"
                        + ",3005" + to + ",from=" + ownedAddress + "/32"
                        + ",3006" + to + ",from=100.64.0.0/10"
                        + ",3007" + to + ",from=tag:sandbox|" + ownedAddress
                        + ",3008" + to + ",from=tag:server,from=user:somebody,from=elsewhere,from=10.0.0.0/8");
        tagged.awaitPeer("exposing");
        owned.awaitPeer("exposing");
    }

    private AgentProcess agent(String name, AuthKeyOptions key, String... arguments) {
        return AgentProcess.in(network, name)
                .authKey(network.createAuthKey(key))
                .arguments(arguments)
                .startAndAwaitRunning();
    }

    @AfterAll
    void stop() {
        List.of(tagged, owned, exposing).forEach(AgentProcess::close);
        network.close();
        page.close();
    }

    @ParameterizedTest
    @CsvSource({
        "3001, true, false",
        "3002, false, true",
        "3003, true, false",
        "3004, false, true",
        "3005, false, true",
        "3006, true, true",
        "3007, true, true",
        "3008, false, false"
    })
    void letsInWhomItSays(int port, boolean taggedMay, boolean ownedMay) {
        assertReaches(tagged, port, taggedMay);
        assertReaches(owned, port, ownedMay);
    }

    @Test
    void saysWhomItRefused() {
        assertReaches(tagged, 3008, false);
        exposing.awaitLog(" node=tagged.tailnet.test port=3008 outcome=NOT_ALLOWED"
                + " message=\"port 3008 is not exposed to this peer\"");
        exposing.awaitMetrics("tailnet_inbound_connections_total\\{outcome=\"not_allowed\"} [1-9]");
    }

    @Test
    void thePolicyJudgesWhatComesInAndTheAuditHasIt() throws IOException {
        Path policy = network.directory().resolve("inbound.yaml");
        Path log = network.directory().resolve("inbound.log");
        Files.writeString(policy, "default: allow\nrules: []\n");
        try (var judging = AgentProcess.in(network, "judging")
                .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                .arguments(
                        "--policy=" + policy,
                        "--audit-log=" + log,
                        "--expose=3000=" + page.port() + ",3001=" + page.port())
                .startAndAwaitRunning()) {
            tagged.awaitPeer("judging");
            owned.awaitPeer("judging");
            assertThat(tagged.overHttp("http://judging:3000").output()).isEqualTo("for some");
            Files.writeString(policy, """
                    default: allow
                    default-inbound: deny
                    rules:
                      - {name: not this one, action: deny, direction: inbound, hosts: [tagged], ports: 3001}
                      - {name: sandboxes, action: allow, direction: inbound, roles: ['tag:sandbox']}
                    """);
            assertThat(judging.verb("policy", "reload").exitCode()).isZero();
            assertThat(tagged.overHttp("http://judging:3000").output()).isEqualTo("for some");
            assertThat(tagged.overHttp("http://judging:3001").errors()).contains("connection_refused");
            assertThat(owned.overHttp("http://judging:3000").errors()).contains("connection_refused");
            judging.awaitLog("owned.tailnet.test (", "is allowed by no rule");
        }
        List<JsonNode> lines = Files.readAllLines(log).stream()
                .map(JsonMapper.shared()::readTree)
                .filter(line -> line.path("protocol").asString("").equals("inbound"))
                .toList();
        assertThat(lines.stream().filter(line -> line.path("event").asString().equals("decision")))
                .extracting(line -> line.path("peer").path("node").asString() + " "
                        + line.path("port").asInt() + " "
                        + line.path("decision").asString() + " "
                        + line.path("rule").asString(""))
                .contains(
                        "tagged.tailnet.test 3000 allow ",
                        "tagged.tailnet.test 3000 allow sandboxes",
                        "tagged.tailnet.test 3001 deny not this one",
                        "owned.tailnet.test 3000 deny default");
        assertThat(lines.stream().filter(line -> line.path("event").asString().equals("close")))
                .hasSize(2)
                .allSatisfy(line -> {
                    assertThat(line.path("bytesDown").asLong()).isGreaterThan(8);
                    assertThat(line.path("service").asString()).isEqualTo("127.0.0.1:" + page.port());
                });
    }

    private void assertReaches(AgentProcess from, int port, boolean reaches) {
        Curl curl = from.overHttp("http://exposing:" + port);
        if (reaches) {
            assertThat(curl.output()).as("%s%n%s", curl, exposing.log()).isEqualTo("for some");
        } else {
            assertThat(curl.errors()).contains(" 502 ", "connection_refused");
        }
    }
}
