package dev.tailnet.agent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.agent.testing.OnTestNetwork;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.Binaries;
import dev.tailnet.testnet.PeerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Scripts written for tailscale's command line, unchanged, with a link of that name on the path and an agent that runs. */
class TailscaleScriptIT extends OnTestNetwork {
    private static final Duration SOON = Duration.ofSeconds(20);

    private Path home;
    private CommandLines commands;

    @BeforeAll
    void startPeer() throws IOException {
        home = network.directory();
        commands = CommandLines.in(home);
        // Scripts say sudo; who runs this is root, or root enough.
        Path sudo = Files.writeString(commands.directory().resolve("sudo"), "#!/bin/sh\nexec \"$@\"\n");
        Files.setPosixFilePermissions(sudo, PosixFilePermissions.fromString("rwxr-xr-x"));
        network.startPeer("far", PeerOptions.plain().withTags("tag:test"));
    }

    private String run(AgentProcess agent, String script) {
        return Program.named("sh", home)
                .with("TAILNET_RUNTIME_DIR", agent.runtimeDir().toString())
                .with("PATH", commands.directory() + ":" + System.getenv("PATH"))
                .run("-euc", script)
                .ok();
    }

    private String real(AgentProcess agent, String... arguments) {
        var all = Stream.concat(
                Stream.of("--socket=" + agent.runtimeDir().resolve("tailscaled.sock")), Stream.of(arguments));
        return Program.at(Binaries.tailscale(), home)
                .with(network.nodeEnvironment())
                .run(all.toArray(String[]::new))
                .ok();
    }

    @Test
    void theLifeOfANode() {
        String key = network.createAuthKey(AuthKeyOptions.singleUse().withTags("tag:test"));
        try (AgentProcess agent = AgentProcess.in(network, "unnamed").start()) {
            agent.awaitState("needs-login", SOON);
            assertThat(run(agent, "tailscale status || echo \"code $?\""))
                    .startsWith("Logged out.")
                    .endsWith("code 1\n");

            String joined = run(agent, """
                    sudo tailscale up --authkey=%s --hostname=scripted
                    tailscale ip -4
                    """.formatted(key));
            assertThat(joined).isEqualTo(real(agent, "ip", "-4"));
            assertThat(network.nodes()).anyMatch(node -> node.givenName().equals("scripted"));
            agent.awaitPeer("far");

            assertThat(run(agent, "tailscale ping --until-direct=false -c 1 far"))
                    .matches("pong from far \\(100\\.64\\.0\\.[0-9]+\\) via .* in [0-9]+m?s\n");
            assertThat(columns(run(agent, "tailscale status"))).isEqualTo(columns(real(agent, "status")));
            assertThat(run(agent, "tailscale whois $(tailscale ip -4 far)"))
                    .isEqualTo(real(
                            agent, "whois", run(agent, "tailscale ip -4 far").strip()));
            assertJson(agent);
            assertNetcheck(agent);
            assertThat(run(agent, "tailscale version | head -n 1").strip())
                    .isEqualTo(Binaries.tailscaleVersion().replaceAll("-.*", ""));

            run(agent, "sudo tailscale down");
            agent.awaitState("stopped", SOON);
            assertThat(run(agent, "tailscale status || true")).isEqualTo("Tailscale is stopped.\n");
            run(agent, "sudo tailscale up --timeout=30s && tailscale wait --timeout=30s");
            agent.awaitState("running", SOON);

            run(agent, "sudo tailscale logout");
            agent.awaitState("needs-login", SOON);
        }
    }

    /** Headscale takes a key together with tags only from a machine that it has seen before, and only the key's own tags. */
    @Test
    void aKeyTogetherWithTags() {
        try (AgentProcess agent = AgentProcess.in(network, "unnamed-too").start()) {
            agent.awaitState("needs-login", SOON);
            assertThat(run(agent, up("--tag=tag:test", "tag:test") + " 2>&1 || echo \"code $?\""))
                    .contains("requested tags [tag:test] are invalid", "tagOwners")
                    .endsWith("code 1\n");
            run(agent, up("--reset"));

            run(agent, "sudo tailscale logout");
            run(agent, up("--tag=tag:test", "tag:test"));
            Eventually.get(SOON, () -> tags(agent), tags -> tags.equals("[\"tag:test\"]"));

            run(agent, "sudo tailscale logout");
            run(agent, up("--advertise-tags=tag:test,tag:server", "tag:test", "tag:server"));
            Eventually.get(SOON, () -> tags(agent), tags -> tags.contains("tag:test") && tags.contains("tag:server"));
        }
    }

    private String up(String flag, String... tagsOfKey) {
        return "sudo tailscale up --timeout=30s --authkey="
                + network.createAuthKey(AuthKeyOptions.singleUse().withTags(tagsOfKey)) + " --hostname=tagged " + flag;
    }

    private String tags(AgentProcess agent) {
        return JsonMapper.shared()
                .readTree(run(agent, "tailscale status --json"))
                .path("Self")
                .path("Tags")
                .toString();
    }

    private void assertJson(AgentProcess agent) {
        JsonNode ours = JsonMapper.shared().readTree(run(agent, "tailscale status --json"));
        JsonNode theirs = JsonMapper.shared().readTree(real(agent, "status", "--json"));
        assertThat(ours.propertyNames()).containsAll(theirs.propertyNames()).contains("TailnetAgent");
        assertThat(ours.path("Self").path("DNSName"))
                .isEqualTo(theirs.path("Self").path("DNSName"));
        assertThat(ours.path("TailnetAgent").path("state").asString()).isEqualTo("running");
        assertThat(ours.path("Self").path("Tags").path(0).asString()).isEqualTo("tag:test");
    }

    /** The same lines in the same order, the same keys; figures are those of the moment. */
    private void assertNetcheck(AgentProcess agent) {
        assertThat(labels(run(agent, "tailscale netcheck"))).isEqualTo(labels(real(agent, "netcheck")));
        JsonNode ours = JsonMapper.shared().readTree(run(agent, "tailscale netcheck --format=json"));
        JsonNode theirs = JsonMapper.shared().readTree(real(agent, "netcheck", "--format=json"));
        assertThat(ours.propertyNames()).containsExactlyElementsOf(theirs.propertyNames());
        assertThat(ours.path("PreferredDERP")).isEqualTo(theirs.path("PreferredDERP"));
    }

    private static List<String> labels(String report) {
        return Pattern.compile("^\t+[*-] +([^:]+):", Pattern.MULTILINE)
                .matcher(report)
                .results()
                .map(label -> label.group(1))
                .toList();
    }

    private static String columns(String status) {
        return status.replaceAll("(tx|rx) [0-9]+", "$1 N").replaceAll(" +", " ");
    }

    @Test
    void settingsOfARunningNode() {
        try (AgentProcess agent = AgentProcess.in(network, "settled")
                .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                .startAndAwaitRunning()) {
            run(agent, "sudo tailscale set --accept-routes=false --hostname=moved");
            assertThat(real(agent, "debug", "prefs")).contains("\"RouteAll\": false", "\"Hostname\": \"moved\"");
            assertThat(run(agent, "sudo tailscale up --hostname=other 2>&1 || echo \"code $?\""))
                    .contains("tailscale up --hostname=other --accept-routes=false")
                    .endsWith("code 2\n");
            run(agent, "sudo tailscale up --reset --hostname=other");
            assertThat(real(agent, "debug", "prefs")).contains("\"RouteAll\": true", "\"Hostname\": \"other\"");
        }
    }
}
