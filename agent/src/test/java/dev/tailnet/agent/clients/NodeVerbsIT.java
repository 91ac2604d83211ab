package dev.tailnet.agent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.agent.testing.OnTestNetwork;
import dev.tailnet.testnet.AuthKeyOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The verbs of tailnet-agent that bring a node up and down, on the real network. */
class NodeVerbsIT extends OnTestNetwork {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Pattern LOGIN = Pattern.compile("\n\t(http\\S+/register/(\\S+))\n");

    private Path home;
    private CommandLines commands;

    @BeforeAll
    void prepare() {
        home = network.directory();
        commands = CommandLines.in(home);
    }

    private Program on(AgentProcess agent) {
        return commands.tailnetAgent(home)
                .with("TAILNET_RUNTIME_DIR", agent.runtimeDir().toString());
    }

    private AgentProcess withoutKey(String name) {
        AgentProcess agent = AgentProcess.in(network, name).start();
        agent.awaitState("needs-login", SOON);
        return agent;
    }

    @Test
    void aPersonLogsIn() throws Exception {
        try (AgentProcess agent = withoutKey("personal")) {
            Path log = home.resolve("up.log");
            Process up = on(agent).start(log, "up", "--qr", "--tag=test");
            String shown = Eventually.get(SOON, () -> read(log), text -> text.contains("█"));
            Matcher login = LOGIN.matcher(shown);
            assertThat(login.find()).as(shown).isTrue();
            network.headscale("auth", "register", "--auth-id=" + login.group(2), "--user=test");
            assertThat(up.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(up.exitValue()).as(read(log)).isZero();
            assertThat(read(log)).endsWith("Success.\n");
            agent.awaitState("running", SOON);
            assertThat(network.nodes()).anyMatch(node -> node.tags().contains("tag:test"));

            assertThat(on(agent).run("wait", "--timeout=10s").ok()).isEmpty();
            String address = on(agent).run("ip", "-4").ok().strip();
            assertThat(address).startsWith("100.64.");
            assertThat(on(agent).run("metrics").ok()).contains("# TYPE tailnet_");
            assertThat(on(agent).run("status", "--verbose").ok())
                    .contains("running")
                    .contains(address);

            assertThat(on(agent).run("logout").ok()).isEmpty();
            agent.awaitState("needs-login", SOON);
        }
    }

    @Test
    void controlCEndsAnUpThatWaits() throws Exception {
        try (AgentProcess agent = withoutKey("hesitant")) {
            Path log = home.resolve("interrupted.log");
            Process up = on(agent).start(log, "up");
            Eventually.get(SOON, () -> LOGIN.matcher(read(log)), Matcher::find);
            assertThat(new ProcessBuilder("kill", "-INT", String.valueOf(up.pid()))
                            .start()
                            .waitFor())
                    .isZero();
            assertThat(up.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(up.exitValue()).isEqualTo(ExitCode.INTERRUPTED.code());
        }
    }

    @Test
    void upEndsWithTheReason() throws Exception {
        String expired = network.createAuthKey(AuthKeyOptions.singleUse());
        network.expireAuthKey(expired);
        try (AgentProcess agent = withoutKey("rejected")) {
            Path key = Files.writeString(home.resolve("key"), expired + "\n");
            var refused = on(agent).run("up", "--auth-key-file=" + key, "--timeout=30s");
            assertThat(refused.exitCode()).isEqualTo(ExitCode.NODE.code());
            assertThat(refused.errors()).contains("the login was refused", "expired", "Mint a new key");

            var late = on(agent).run("wait", "--timeout=1s");
            assertThat(late.exitCode()).isEqualTo(ExitCode.TIMEOUT.code());
            assertThat(late.errors()).contains("not up after 1s: needs-login: ");

            Files.writeString(key, network.createAuthKey(AuthKeyOptions.ephemeralNode()));
            assertThat(on(agent)
                            .run("up", "--auth-key=file:" + key, "--timeout=30s")
                            .ok())
                    .isEmpty();
            agent.awaitState("running", SOON);
            assertThat(on(agent).run("down").ok()).isEmpty();
            agent.awaitState("stopped", SOON);

            Path log = home.resolve("wait.log");
            Process wait = on(agent).start(log, "wait");
            assertThat(on(agent).run("up").ok()).isEmpty();
            assertThat(wait.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(wait.exitValue()).as(read(log)).isZero();
            agent.awaitState("running", SOON);
        }
    }

    private static String read(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
