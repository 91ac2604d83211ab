package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.agent.testing.OnTestNetwork;
import dev.tailnet.agent.testing.TailscaleApi;
import dev.tailnet.testnet.AuthKeyOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The ways into a tailnet beside a plain auth key, and the name that a node gets there. */
class JoiningIT extends OnTestNetwork {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Pattern REGISTRATION = Pattern.compile("/register/(\\S+)$");

    private TailscaleApi api() throws IOException {
        return new TailscaleApi(
                network.controlUrl(),
                tags -> network.createAuthKey(AuthKeyOptions.ephemeralNode().withTags(tags.toArray(String[]::new))));
    }

    @Test
    void anOAuthClientsSecretMakesTheKey() throws IOException {
        try (var api = api();
                AgentProcess agent = AgentProcess.in(network, "by-client")
                        .environment("TS_CLIENT_SECRET", "tskey-client-hidden?baseURL=" + api.address())
                        .arguments("--advertise-tags=tag:sandbox", "--log-level=trace")
                        .start()) {
            awaitThatTheKeyIsUsed(agent);
            assertThat(api.requests()).hasSize(2);
            assertThat(api.requests().getFirst())
                    .startsWith("/api/v2/oauth/token ")
                    .contains("tskey-client-hidden");
            assertThat(api.requests().getLast())
                    .startsWith("/api/v2/tailnet/-/keys ")
                    .contains("\"ephemeral\":true", "\"tags\":[\"tag:sandbox\"]");
            assertThat(agent.log()).doesNotContain("tskey-client-hidden");
        }
    }

    /**
     * Headscale takes a key together with tags from a machine that it has seen before: the whole way from client to tagged node.
     */
    @Test
    void anOAuthClientAdmitsANodeThatWasLoggedOut() throws IOException {
        Path state = network.directory().resolve("agent-known").resolve("state");
        try (AgentProcess agent = AgentProcess.in(network, "known")
                .authKey(network.createAuthKey(AuthKeyOptions.singleUse()))
                .arguments("--state-dir=" + state)
                .startAndAwaitRunning()) {
            assertThat(agent.verb("logout").exitCode()).isZero();
            agent.awaitState("needs-login", SOON);
        }
        try (var api = api();
                AgentProcess agent = AgentProcess.in(network, "known")
                        .environment("TS_CLIENT_SECRET", "tskey-client-hidden?baseURL=" + api.address())
                        .arguments("--state-dir=" + state, "--advertise-tags=tag:sandbox")
                        .startAndAwaitRunning()) {
            assertThat(agent.status().path("tags").toString()).isEqualTo("[\"tag:sandbox\"]");
            assertThat(api.requests().getLast()).contains("\"tags\":[\"tag:sandbox\"]");
        }
    }

    @Test
    void aWorkloadsTokenAdmitsANodeThatWasLoggedOut() throws IOException {
        Path state = network.directory().resolve("agent-vouched").resolve("state");
        try (var api = api()) {
            try (AgentProcess agent = AgentProcess.in(network, "vouched")
                    .authKey(network.createAuthKey(AuthKeyOptions.singleUse()))
                    .arguments("--state-dir=" + state, "--login-server=" + api.front())
                    .startAndAwaitRunning()) {
                assertThat(agent.verb("logout").exitCode()).isZero();
                agent.awaitState("needs-login", SOON);
            }
            try (AgentProcess agent = AgentProcess.in(network, "vouched")
                    .environment("TS_CLIENT_ID", "client-1")
                    .environment("TS_ID_TOKEN", "header.claims.signature")
                    .arguments("--state-dir=" + state, "--login-server=" + api.front(), "--advertise-tags=tag:sandbox")
                    .startAndAwaitRunning()) {
                assertThat(agent.status().path("tags").toString()).isEqualTo("[\"tag:sandbox\"]");
            }
        }
    }

    @Test
    void anotherKeyInTheFileIsTakenByItself() throws IOException {
        String spent = network.createAuthKey(AuthKeyOptions.singleUse());
        network.expireAuthKey(spent);
        Path file = Files.writeString(network.directory().resolve("key-to-come"), spent);
        try (AgentProcess agent = AgentProcess.in(network, "patient-with-keys")
                .arguments("--auth-key-file=" + file)
                .start()) {
            assertThat(agent.awaitState("needs-login", SOON).path("reason").asString())
                    .contains("authkey expired", "the agent notices and logs in with it");

            Files.writeString(file, "hskey-auth-000000000000-" + "0".repeat(64));
            Eventually.get(
                    SOON, agent::status, now -> now.path("reason").asString().contains("invalid pre auth key"));

            Path next = Files.writeString(
                    network.directory().resolve("key-to-come.new"),
                    network.createAuthKey(AuthKeyOptions.ephemeralNode()));
            Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
            agent.awaitState("running", SOON);
        }
    }

    @Test
    void aWorkloadsTokenMakesTheKey() throws IOException {
        try (var api = api()) {
            Path token = Files.writeString(network.directory().resolve("id-token"), "header.claims.signature\n");
            try (AgentProcess agent = AgentProcess.in(network, "by-identity")
                    .environment("TS_CLIENT_ID", "client-1")
                    .environment("TS_ID_TOKEN", "file:" + token)
                    .arguments("--login-server=" + api.front(), "--advertise-tags=tag:sandbox")
                    .start()) {
                awaitThatTheKeyIsUsed(agent);
                assertThat(api.requests().getFirst())
                        .startsWith("/api/v2/oauth/token-exchange ")
                        .contains("client_id=client-1", "jwt=header.claims.signature");
                assertThat(agent.log()).doesNotContain("header.claims.signature");
            }
        }
    }

    @Test
    void aServerThatMakesNoKeysIsAskedAgain() throws IOException {
        try (var api = api()) {
            api.answerWith(503);
            try (AgentProcess agent = AgentProcess.in(network, "by-and-by")
                    .environment("TS_CLIENT_SECRET", "tskey-client-1?baseURL=" + api.address())
                    .arguments("--advertise-tags=tag:sandbox")
                    .start()) {
                JsonNode status = Eventually.get(
                        SOON,
                        agent::status,
                        now -> now.path("reason").asString().contains("503 Service Unavailable: the test says no"));
                assertThat(status.path("state").asString()).isEqualTo("starting");
                assertThat(status.path("reason").asString())
                        .startsWith("no auth key for TS_CLIENT_SECRET (environment): ");
                api.answerWith(200);

                awaitThatTheKeyIsUsed(agent);
            }
        }
    }

    @Test
    void aClientThatIsRefusedLeavesItToAPerson() throws IOException {
        try (var api = api()) {
            api.answerWith(401);
            try (AgentProcess agent = AgentProcess.in(network, "refused")
                    .environment("TS_CLIENT_SECRET", "tskey-client-1?baseURL=" + api.address())
                    .arguments("--advertise-tags=tag:sandbox")
                    .start()) {
                JsonNode status = agent.awaitState("needs-login", SOON);

                assertThat(status.path("reason").asString())
                        .contains("no auth key for TS_CLIENT_SECRET (environment): 401 Unauthorized: the test says no");
                assertThat(api.requests()).hasSize(1);
                assertThat(agent.control("/readyz")).contains(" 503 ", "401 Unauthorized");
            }
        }
    }

    @Test
    void aPersonLogsTheNodeIn() {
        try (AgentProcess agent = AgentProcess.in(network, "by-hand").start()) {
            JsonNode status = agent.awaitState("needs-login", SOON);
            String url = status.path("loginUrl").asString();
            assertThat(url).startsWith(network.controlUrl() + "/register/");
            assertThat(agent.log().lines().filter(line -> line.contains(url) && line.contains("Node is not up")))
                    .hasSize(1);
            Matcher registration = REGISTRATION.matcher(url);
            assertThat(registration.find()).isTrue();

            network.headscale("auth", "register", "--user", "test", "--auth-id", registration.group(1));

            assertThat(agent.awaitState("running", SOON).path("loginUrl").isNull())
                    .isTrue();
        }
    }

    @Test
    void theNameThatItGotIsShown() {
        String key = network.createAuthKey(AuthKeyOptions.ephemeralNode());
        try (AgentProcess first = AgentProcess.in(network, "twin").authKey(key).startAndAwaitRunning();
                AgentProcess second = AgentProcess.in(network.directory().resolve("agent-twin-2"))
                        .arguments("--login-server=" + network.controlUrl(), "--hostname=twin")
                        .environment("TS_DEBUG_USE_DERP_HTTP", "1")
                        .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                        .startAndAwaitRunning()) {
            JsonNode status = second.status();
            assertThat(first.status().path("name").asString()).isEqualTo("twin");
            assertThat(status.path("hostname").asString()).isEqualTo("twin");
            assertThat(status.path("name").asString()).startsWith("twin-");
            second.awaitLog("Node is up: " + status.path("dnsName").asString(), "(it asked to be called twin)");
        }
    }

    @Test
    void oneImageMakesManyNames() {
        try (AgentProcess agent = AgentProcess.in(network, "autoheal-{id}")
                .environment("REGION", "Eu_West")
                .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                .arguments("--hostname=autoheal-{id}-{env:REGION}")
                .startAndAwaitRunning()) {
            assertThat(agent.status().path("name").asString()).matches("autoheal-[a-z0-9]{8,12}-eu-west");
        }
    }

    /** Headscale takes such a key, and then no node with a key may ask for tags of its own: Tailscale's server wants both. */
    private static void awaitThatTheKeyIsUsed(AgentProcess agent) {
        Eventually.get(
                SOON,
                agent::status,
                now -> now.path("reason").asString().contains("requested tags [tag:sandbox] are invalid"));
    }
}
