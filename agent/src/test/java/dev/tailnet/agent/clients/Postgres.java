package dev.tailnet.agent.clients;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.testnet.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A PostgreSQL of its own on loopback, which trusts everybody; run as nobody where the tests are root, as it refuses root. */
final class Postgres implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(30);
    private static final String NOBODY = "nobody";

    private final Path directory;
    private final Process process;
    private final int port = Ports.freeTcp().getPort();

    Postgres() throws IOException {
        var initdb = Program.find("initdb");
        var postgres = Program.find("postgres");
        assumeTrue(initdb.isPresent() && postgres.isPresent(), "postgres and initdb are missing");
        directory = Files.createTempDirectory("postgres");
        var data = directory.resolve("data");
        if (isRoot()) {
            var users = directory.getFileSystem().getUserPrincipalLookupService();
            Files.setOwner(directory, users.lookupPrincipalByName(NOBODY));
        }
        unprivileged(initdb.orElseThrow(), "-D", data.toString(), "-U", "postgres", "--auth=trust", "--no-sync")
                .ok();
        process = program()
                .start(
                        Files.createFile(directory.resolve("log")),
                        arguments(
                                postgres.orElseThrow(),
                                "-D",
                                data.toString(),
                                "-p",
                                String.valueOf(port),
                                "-c",
                                "listen_addresses=127.0.0.1",
                                "-k",
                                data.toString(),
                                "-F"));
        Eventually.get(START, this::log, log -> log.contains("ready to accept connections"));
    }

    int port() {
        return port;
    }

    private String log() {
        try {
            return Files.readString(directory.resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isRoot() throws IOException {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    }

    private Program.Run unprivileged(Path executable, String... arguments) throws IOException {
        return program().run(arguments(executable, arguments));
    }

    private Program program() throws IOException {
        return Program.named(isRoot() ? "setpriv" : "env", directory);
    }

    private static String[] arguments(Path executable, String... arguments) throws IOException {
        List<String> all = new ArrayList<>();
        if (isRoot()) {
            all.addAll(List.of("--reuid=" + NOBODY, "--regid=nogroup", "--clear-groups"));
        }
        all.add(executable.toString());
        all.addAll(List.of(arguments));
        return all.toArray(String[]::new);
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        process.onExit().join();
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
