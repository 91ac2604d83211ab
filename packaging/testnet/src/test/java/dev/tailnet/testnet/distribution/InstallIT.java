package dev.tailnet.testnet.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tailnet.testnet.AgentProcess;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.CommandResult;
import dev.tailnet.testnet.Commands;
import dev.tailnet.testnet.TestNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The archive's install.sh in the home of an ordinary user: from the unpacked folder to a node of a tailnet, and back to what was there
 * before. As root, with systemd and from the packed files, {@code packaging/checks/tar} does the same and more.
 */
class InstallIT {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    /** So that neither the test's user nor the namespace it may run in is root. */
    private static final List<String> AS_USER =
            List.of("unshare", "--user", "--map-user=1000", "--map-group=1000", "--");

    @TempDir
    private Path directory;

    private Path home;
    private Path unpacked;

    @BeforeEach
    void unpack() throws IOException {
        Distribution.built();
        assumeTrue(run(AS_USER, "true").exitCode() == 0, "user namespaces are refused here (unshare --user)");
        home = Files.createDirectory(directory.resolve("home"));
        Files.writeString(home.resolve(".profile"), "# was here before\n");
        Files.createDirectories(home.resolve(".local/bin"));
        unpacked = directory.resolve("unpacked");
        run(List.of(), Path.of("build-tar").toAbsolutePath().toString(), "--unpacked", unpacked.toString())
                .orThrow();
    }

    @Test
    void installsRunsAndIsRemovedWithoutATrace() throws IOException {
        var before = contents();

        assertThat(asUser(unpacked.resolve("install.sh")).orThrow().stdout())
                .contains("installed: " + home.resolve(".local/bin/tailnet-agent"));
        var installed = contents();
        assertThat(installed)
                .anyMatch(file -> file.contains("/share/man/man1/tailnet-agent.1"))
                .anyMatch(file -> file.contains("/systemd/user/tailnet-agent.service"));
        assertThat(asUser(home.resolve(".local/bin/tailnet-agent"), "version")
                        .orThrow()
                        .stdout())
                .startsWith("tailnet-agent ");
        joinATailnet();

        // Once more over itself, as an update does.
        asUser(unpacked.resolve("install.sh")).orThrow();
        assertThat(contents()).containsAll(installed);

        asUser(home.resolve(".local/lib/tailnet-agent/install.sh"), "--uninstall", "--purge")
                .orThrow();
        assertThat(contents()).isEqualTo(before);
    }

    @Test
    void refusesWhatIsInTheWay() throws IOException {
        Files.writeString(home.resolve(".local/bin/tailnet-agent"), "somebody else's");
        var before = contents();

        assertThat(asUser(unpacked.resolve("install.sh"))).satisfies(it -> {
            assertThat(it.exitCode()).isEqualTo(1);
            assertThat(it.stderr()).contains(".local/bin/tailnet-agent is in the way, and not from here");
        });
        assertThat(contents()).isEqualTo(before);
    }

    private void joinATailnet() {
        try (var network = TestNetwork.start()) {
            var environment = new HashMap<>(network.nodeEnvironment());
            environment.put("HOME", home.toString());
            try (var agent = AgentProcess.start(
                    home.resolve(".local"),
                    directory.resolve("agent"),
                    environment,
                    network.createAuthKey(AuthKeyOptions.singleUse()),
                    List.of(
                            "--login-server=" + network.controlUrl(),
                            "--listen=127.0.0.1:0",
                            "--status-listen=127.0.0.1:0"))) {
                agent.awaitStatus(
                        PATIENCE, status -> status.path("state").asString("").equals("running"));
            }
        }
    }

    private CommandResult asUser(Path program, String... arguments) {
        var command = new ArrayList<>(AS_USER);
        command.add(program.toString());
        return run(command, arguments);
    }

    private CommandResult run(List<String> prefix, String... words) {
        var command = new ArrayList<>(prefix);
        command.addAll(List.of(words));
        return Commands.run(directory, home == null ? Map.of() : Map.of("HOME", home.toString()), PATIENCE, command);
    }

    /** A line for each file of the home, that tells when something about it changes. */
    private TreeSet<String> contents() throws IOException {
        try (var files = Files.walk(home)) {
            var lines = new TreeSet<String>();
            for (Path file : files.toList()) {
                lines.add("%s %s %s"
                        .formatted(
                                file,
                                Files.isSymbolicLink(file)
                                        ? Files.readSymbolicLink(file)
                                        : PosixFilePermissions.toString(Files.getPosixFilePermissions(file)),
                                Files.isRegularFile(file) ? Files.size(file) : ""));
            }
            return lines;
        }
    }
}
