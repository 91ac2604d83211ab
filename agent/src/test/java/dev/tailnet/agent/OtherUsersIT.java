package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.OnTestNetwork;
import dev.tailnet.agent.testing.TailscaleCommand;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.Binaries;
import dev.tailnet.testnet.CommandResult;
import dev.tailnet.testnet.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What users of the host may do over the socket for the tailscale command. */
class OtherUsersIT extends OnTestNetwork {
    private static final int NOBODY = 65534;
    private static final int SOMEBODY = 65533;

    private Path open;
    private Path program;

    /** A place that everybody can reach, which the network's directory is not. */
    @BeforeEach
    void copyTheCommand() throws IOException {
        assumeTrue(isRoot(), "running as another user takes root (setpriv)");
        open = Files.createTempDirectory(
                "open", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
        program = Files.copy(Binaries.tailscale(), open.resolve("tailscale"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @AfterEach
    void removeIt() throws IOException {
        if (open != null) {
            Files.deleteIfExists(program);
            Files.deleteIfExists(open);
        }
    }

    private static boolean isRoot() throws IOException {
        return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0
                && Commands.run(
                                        Path.of("/"),
                                        Map.of(),
                                        Duration.ofSeconds(10),
                                        List.of(
                                                "setpriv",
                                                "--reuid=" + NOBODY,
                                                "--regid=" + NOBODY,
                                                "--clear-groups",
                                                "true"))
                                .exitCode()
                        == 0;
    }

    @Test
    void readAndDoNotWriteUnlessTheyAreTheOperator() {
        try (AgentProcess agent = start("shared")) {
            TailscaleCommand own = on("shared");
            TailscaleCommand nobody = own.as(NOBODY, program);

            assertThat(nobody.json("status", "--json").path("BackendState").asString())
                    .isEqualTo("Running");
            assertDenied(nobody.run("down"));
            assertDenied(nobody.run("set", "--hostname=mine"));
            assertDenied(nobody.run("logout"));
            assertThat(agent.status().path("state").asString()).isEqualTo("running");

            own.ok("set", "--operator=" + NOBODY);
            nobody.ok("down");
            agent.awaitState("stopped", Duration.ofSeconds(20));
            assertDenied(own.as(SOMEBODY, program).run("up"));
            nobody.ok("up");
            agent.awaitState("running", Duration.ofSeconds(20));
        }
    }

    @Test
    void mayBeKeptFromReadingToo() {
        try (AgentProcess agent = start("closed", "--socket-others=none", "--operator=" + SOMEBODY)) {
            TailscaleCommand own = on("closed");

            assertDenied(own.as(NOBODY, program).run("debug", "prefs"));
            assertThat(own.as(NOBODY, program).run("status").exitCode()).isNotZero();
            own.as(SOMEBODY, program).ok("down");
            agent.awaitState("stopped", Duration.ofSeconds(20));
        }
    }

    @Test
    void anOperatorWhoCannotReachTheSocketIsAWarning() {
        try (AgentProcess agent = AgentProcess.in(network, "unreachable")
                .arguments("--operator=" + NOBODY)
                .start()) {
            assertThat(agent.log()).contains("Operator " + NOBODY + " cannot reach ", "chmod o+x");
        }
    }

    private AgentProcess start(String hostname, String... arguments) {
        return AgentProcess.in(network, hostname)
                .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                .arguments("--socket=" + open.resolve(hostname + ".sock"))
                .arguments(arguments)
                .startAndAwaitRunning();
    }

    private TailscaleCommand on(String hostname) {
        return TailscaleCommand.on(open.resolve(hostname + ".sock"), open, network.nodeEnvironment());
    }

    private static void assertDenied(CommandResult result) {
        assertThat(result.exitCode()).isNotZero();
        assertThat(result.stderr()).containsIgnoringCase("access denied");
    }
}
