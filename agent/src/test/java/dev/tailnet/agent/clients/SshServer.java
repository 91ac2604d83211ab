package dev.tailnet.agent.clients;

import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.testnet.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** An sshd of its own on loopback, for the user of the tests and one key. */
final class SshServer implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(10);

    /** sshd insists on this empty directory when it is root. */
    private static final Path EMPTY = Path.of("/run/sshd");

    private final Process process;
    private final Path log;
    private final Path key;
    private final int port = Ports.freeTcp().getPort();
    private final boolean madeEmpty;

    SshServer(Path directory) throws IOException {
        var sshd = Program.named("sshd", directory);
        var keygen = Program.named("ssh-keygen", directory);
        key = directory.resolve("id");
        var hostKey = directory.resolve("host");
        for (var file : new Path[] {key, hostKey}) {
            keygen.run("-q", "-t", "ed25519", "-N", "", "-f", file.toString()).ok();
        }
        var configuration = Files.writeString(directory.resolve("sshd_config"), """
                ListenAddress 127.0.0.1
                Port %d
                HostKey %s
                AuthorizedKeysFile %s.pub
                PidFile none
                StrictModes no
                UsePAM no
                PasswordAuthentication no
                PermitRootLogin yes
                """.formatted(port, hostKey, key));
        madeEmpty = !Files.exists(EMPTY) && Files.isWritable(EMPTY.getParent());
        if (madeEmpty) {
            Files.createDirectory(EMPTY);
        }
        log = directory.resolve("sshd.log");
        process = sshd.start(log, "-D", "-e", "-f", configuration.toString());
        Eventually.get(START, this::log, text -> text.contains("Server listening"));
    }

    /** How the tests' user gets in under any name, for a client's configuration file. */
    String clientConfiguration() {
        return clientConfiguration(key);
    }

    /** @param copy of {@link #key} that the client's user owns */
    String clientConfiguration(Path copy) {
        return """
                Host *
                    Port %d
                    User %s
                    IdentityFile %s
                    IdentitiesOnly yes
                    StrictHostKeyChecking no
                    UserKnownHostsFile /dev/null
                    LogLevel ERROR
                """.formatted(port, System.getProperty("user.name"), copy);
    }

    /** The private key that opens it. */
    Path key() {
        return key;
    }

    String log() {
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        process.onExit().join();
        if (madeEmpty) {
            Files.delete(EMPTY);
        }
    }
}
