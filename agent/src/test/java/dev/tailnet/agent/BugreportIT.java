package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.Curl;
import dev.tailnet.agent.testing.OnTestNetwork;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.TestAddresses;
import dev.tailnet.testnet.fixture.OutboundProxy;
import dev.tailnet.testnet.fixture.PageServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What a bug report tells, and that no secret of an agent that has many is in it. */
class BugreportIT extends OnTestNetwork {
    private static final String FOLDER = "tailnet-agent-bugreport/";
    private static final String PROXY_PASSWORD = "pr0xy@passw0rd";
    private static final String USERS_PASSWORD = "secret-of-ci";

    /** The password is {@link #USERS_PASSWORD}. */
    private static final String HASH =
            "$6$first$EZGfKyNhw/zTIdEjbCVkR8/fcQqZN2tuZz6csxMYbqJPDZJF4eW8.dfSZkQKp2AhjUs5SJ8Bwq1IfzxlWmUBY0";

    private static final Pattern PRIVATE_KEY = Pattern.compile("priv(?:key)?:(?!0{64})([0-9a-f]{64,})");

    @Test
    void holdsEverythingButSecrets() throws IOException {
        String key = network.createAuthKey(AuthKeyOptions.ephemeralNode());
        Path users = Files.createFile(
                network.directory().resolve("users"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(users, "ci:" + HASH + "\n");
        Path state = network.directory().resolve("reported-state");
        try (var proxy = OutboundProxy.forUser(TestAddresses.DIRECT_HOST_IPV4, "box", PROXY_PASSWORD);
                var page = new PageServer(TestAddresses.DIRECT_HOST_IPV4, "the page");
                AgentProcess agent = AgentProcess.in(network, "reported")
                        .authKey(key)
                        .environment(
                                "TAILNET_UPSTREAM_PROXY", "http://box:" + encoded() + "@198.51.100.10:" + proxy.port())
                        .arguments(
                                "--upstream-proxy-for=direct",
                                "--users-file=" + users,
                                "--state-dir=" + state,
                                "--log-level=trace")
                        .startAndAwaitRunning()) {
            String url = "http://198.51.100.10:" + page.port();
            assertThat(through(agent, USERS_PASSWORD, url).output()).isEqualTo("the page");
            assertThat(through(agent, "wrong-" + USERS_PASSWORD, url).output()).isNotEqualTo("the page");

            Path file = network.directory().resolve("report.zip");
            var said = agent.verb("bugreport", "--output", file.toString());

            assertThat(said.exitCode()).as(said.output()).isZero();
            assertThat(said.output()).contains(file.toString());
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            Map<String, String> members = members(file);
            assertThat(members.get("config.yaml"))
                    .contains("auth-key: \"********\"  # TS_AUTHKEY (environment)", "box:********@198.51.100.10");
            var status = JsonMapper.shared().readTree(members.get("status.json"));
            assertThat(status.path("state").asString()).isEqualTo("running");
            assertThat(JsonMapper.shared()
                            .readTree(members.get("prefs.json"))
                            .path("Hostname")
                            .asString())
                    .isEqualTo("reported");
            assertThat(JsonMapper.shared()
                            .readTree(members.get("netcheck.json"))
                            .has("UDP"))
                    .isTrue();
            assertThat(members.get("log.txt")).contains("info  Node is up: reported");
            assertThat(members.get("metrics.txt")).contains("tailnet_node_state{state=\"running\"} 1.0");
            assertThat(members.get("goroutines.txt")).contains("goroutine ", "tailscale.com/");
            assertThat(members.get("threads.txt")).contains("\"event-loop-");
            assertThat(members.get("system.txt")).contains("/proc/version: Linux");
            assertThat(members.get("report.txt")).contains("version: ", "prefs.json");
            List<String> secrets = new ArrayList<>(List.of(
                    key,
                    PROXY_PASSWORD,
                    encoded(),
                    USERS_PASSWORD,
                    HASH,
                    basic("box", PROXY_PASSWORD),
                    basic("ci", USERS_PASSWORD)));
            secrets.addAll(privateKeys(state.resolve("tailscaled.state")));
            assertThat(secrets)
                    .as("the node's and the machine's key among them")
                    .hasSizeGreaterThan(8);
            members.forEach((name, text) -> assertThat(text).as(name).doesNotContain(secrets));

            assertThat(agent.verb("bugreport", "--output", file.toString()).exitCode())
                    .as("a file that is there is not touched")
                    .isEqualTo(ExitCode.USAGE.code());
        }
    }

    private static String encoded() {
        return PROXY_PASSWORD.replace("@", "%40");
    }

    private static String basic(String user, String password) {
        return Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private static Curl through(AgentProcess agent, String password, String url) {
        return Curl.run("-x", "http://ci:" + password + "@127.0.0.1:" + agent.proxyPort(), "-p", url);
    }

    /** What the state file keeps as values in base64; a key of zeros is none. */
    private static Set<String> privateKeys(Path state) throws IOException {
        Set<String> keys = new HashSet<>();
        for (var value : JsonMapper.shared().readTree(Files.readString(state)).values()) {
            var text = new String(Base64.getDecoder().decode(value.asString()), StandardCharsets.UTF_8);
            PRIVATE_KEY.matcher(text).results().forEach(match -> keys.add(match.group(1)));
        }
        return keys;
    }

    private static Map<String, String> members(Path file) throws IOException {
        Map<String, String> members = new TreeMap<>();
        try (var zip = new ZipFile(file.toFile())) {
            for (var entry : zip.stream().toList()) {
                assertThat(entry.getName()).startsWith(FOLDER);
                members.put(
                        entry.getName().substring(FOLDER.length()),
                        new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return members;
    }
}
