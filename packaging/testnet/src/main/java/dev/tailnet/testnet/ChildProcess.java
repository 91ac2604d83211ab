package dev.tailnet.testnet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A program of the test network: its output is in a file, it sees none of this process's environment but PATH, and it does not
 * outlive this process, however that ends.
 */
final class ChildProcess implements AutoCloseable {
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(15);
    private static final int TAIL_LINES = 40;

    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    // PDEATHSIG is sent when the starting thread ends, so all are started by one that ends with the JVM.
    private static final ExecutorService LAUNCHER = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("testnet-launcher").factory());

    private static final @Nullable Path SETPRIV = findSetpriv();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly), "testnet-killer"));
    }

    private final String name;
    private final Path log;
    private final Process process;

    private ChildProcess(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
    }

    /**
     * Starts a program; both its outputs are appended to the log.
     *
     * @throws TestNetworkException if it cannot be executed
     */
    static ChildProcess start(
            String name, Path directory, Path log, Map<String, String> environment, List<String> command) {
        var builder = builder(directory, environment, command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        return new ChildProcess(name, log, launch(builder));
    }

    /**
     * Runs a program to its end.
     *
     * @throws TestNetworkException if it cannot be executed or takes longer than the timeout; then it is killed
     */
    static CommandResult run(Path directory, Map<String, String> environment, Duration timeout, List<String> command) {
        try {
            Path out = Files.createTempFile(directory, "stdout", ".txt");
            Path err = Files.createTempFile(directory, "stderr", ".txt");
            try {
                var process = launch(builder(directory, environment, command)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile()));
                try {
                    if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                        throw new TestNetworkException("no end after %s of: %s%n%s%s"
                                .formatted(
                                        timeout,
                                        String.join(" ", command),
                                        Files.readString(out),
                                        Files.readString(err)));
                    }
                    return new CommandResult(
                            command, process.exitValue(), Files.readString(out), Files.readString(err));
                } finally {
                    process.destroyForcibly();
                    RUNNING.remove(process);
                }
            } finally {
                Files.delete(out);
                Files.delete(err);
            }
        } catch (IOException e) {
            throw new TestNetworkException("cannot read what " + command.getFirst() + " wrote", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TestNetworkException("interrupted while waiting for " + command.getFirst(), e);
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Returns when the probe says yes.
     *
     * @throws TestNetworkException if the process ends first or the time is over
     */
    void awaitReady(Duration timeout, Probe probe) {
        Await.until(timeout, () -> probe.isReady(), () -> {
            if (!process.isAlive()) {
                throw new TestNetworkException("%s ended with exit code %d while starting; %s"
                        .formatted(name, process.exitValue(), logTail()));
            }
            return "%s is not ready; %s".formatted(name, logTail());
        });
    }

    /** The last lines of its output, for an error message. */
    String logTail() {
        try {
            var lines = Files.readAllLines(log);
            var tail = lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
            return "the end of %s:%n  %s".formatted(log, String.join(System.lineSeparator() + "  ", tail));
        } catch (IOException e) {
            return "its log " + log + " cannot be read: " + e.getMessage();
        }
    }

    /** Asks it to stop, and kills it if it does not. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
        }
        RUNNING.remove(process);
    }

    /** Ends it at once, as a crash would. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
        RUNNING.remove(process);
    }

    private static ProcessBuilder builder(Path directory, Map<String, String> environment, List<String> command) {
        var full = new ArrayList<String>();
        if (SETPRIV != null) {
            full.addAll(List.of(SETPRIV.toString(), "--pdeathsig", "KILL", "--"));
        }
        full.addAll(command);
        var builder = new ProcessBuilder(full)
                .directory(directory.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        var variables = builder.environment();
        variables.keySet().retainAll(Set.of("PATH"));
        variables.put("HOME", directory.toString());
        variables.put("TMPDIR", directory.toString());
        variables.putAll(environment);
        return builder;
    }

    private static Process launch(ProcessBuilder builder) {
        try {
            return LAUNCHER.submit(() -> {
                        var process = builder.start();
                        RUNNING.add(process);
                        return process;
                    })
                    .get();
        } catch (ExecutionException e) {
            throw new TestNetworkException("cannot start " + builder.command(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TestNetworkException("interrupted while starting " + builder.command(), e);
        }
    }

    private static @Nullable Path findSetpriv() {
        for (var directory : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            var file = Path.of(directory, "setpriv");
            // BusyBox has a setpriv without --pdeathsig.
            if (Files.isExecutable(file) && !Files.isSymbolicLink(file)) {
                return file;
            }
        }
        return null;
    }

    /** Tells whether a process does its work yet; an exception means no. */
    @FunctionalInterface
    interface Probe {
        boolean isReady() throws IOException;
    }
}
