package dev.tailnet.agent.testing;

import dev.tailnet.testnet.TestNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a container is to its processes: a tree of their own with {@code tailnet-agent} as process 1, on the test network. The
 * program is the distribution's in all but its class path.
 */
public final class Container implements AutoCloseable {
    private static final Duration LIFE = Duration.ofSeconds(60);
    private static final List<String> UNSHARE = List.of("unshare", "--pid", "--fork", "--kill-child", "--mount-proc");

    private final Process process;
    private final Path log;

    private Container(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Whether this machine has process namespaces. */
    public static boolean canBeHad() {
        List<String> command = new ArrayList<>(UNSHARE);
        command.add("true");
        try {
            return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Starts one.
     *
     * @param words run or entrypoint, flags, and what comes after them
     */
    public static Container start(TestNetwork network, String name, String authKey, String... words) {
        try {
            Path home = Files.createDirectory(network.directory().resolve("container-" + name));
            List<String> command = new ArrayList<>(UNSHARE);
            command.add(install(home).toString());
            command.addAll(List.of(words));
            Path log = home.resolve("log");
            var builder = new ProcessBuilder(command)
                    .directory(home.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            builder.environment().keySet().retainAll(List.of("PATH", "LANG"));
            builder.environment().putAll(network.nodeEnvironment());
            builder.environment().put("TS_AUTHKEY", authKey);
            builder.environment().put("TAILNET_RUNTIME_DIR", home.resolve("run").toString());
            return new Container(builder.start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path install(Path home) throws IOException {
        Path library = Path.of(System.getProperty("dev.tailnet.library"));
        executable(
                home.resolve("bin/tailnet-agent"),
                "exec '%s' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto --enable-native-access=ALL-UNNAMED"
                                .formatted(Path.of(System.getProperty("java.home"), "bin", "java"))
                        + " -Ddev.tailnet.library='%s' -cp '%s' dev.tailnet.agent.cli.Main \"$@\""
                                .formatted(library, System.getProperty("java.class.path")));
        Path init = home.resolve("libexec/tailnet-init");
        Files.createDirectory(init.getParent());
        Files.createSymbolicLink(init, program(library));
        return init;
    }

    private static Path program(Path library) {
        String architecture = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
        return library.resolveSibling("../libexec/tailnet-init-" + architecture).normalize();
    }

    private static void executable(Path file, String command) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + command + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** All that its processes have written. */
    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns once its processes have written this. */
    public void awaitLog(String words) {
        Eventually.get(
                LIFE,
                () -> {
                    if (!process.isAlive() && !log().contains(words)) {
                        throw new AssertionError("it ended with " + process.exitValue() + ":\n" + log());
                    }
                    return log();
                },
                text -> text.contains(words));
    }

    /** Sends process 1 a signal, as a container's runtime does to stop it. */
    public void signal(String name) {
        ProcessHandle first = process.children().findFirst().orElseThrow();
        try {
            var unused = new ProcessBuilder("kill", "-" + name, String.valueOf(first.pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** @return the exit code of process 1 */
    public int awaitExit() {
        try {
            if (!process.waitFor(LIFE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("it did not end:\n" + log());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return process.exitValue();
    }

    /** Ends what is left of it: without process 1 the kernel ends all others. */
    @Override
    public void close() {
        process.children().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.onExit().join();
    }
}
