package dev.tailnet.testnet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A program of the test network: its output is in a file, it sees none of this process's environment but PATH, and it does not
 * outlive this process, however that ends.
 */
final class ChildProcess implements AutoCloseable {
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(15);
    private static final int TAIL_LINES = 40;

    // PDEATHSIG is sent when the starting thread ends, so all are started by one that ends with the JVM.
    private static final ExecutorService LAUNCHER = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("testnet-launcher").factory());

    private static final List<String> PREFIX = prefix();

    private final String name;
    private final Path log;
    private final Process process;
    private final Runnable atExit;

    private ChildProcess(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
        this.atExit = this::kill;
        AtExit.add(atExit);
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

    /** Returns when it has ended, with its exit code. */
    int awaitEnd() throws InterruptedException {
        return process.waitFor();
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
        close(STOP_TIMEOUT);
    }

    /** Asks it to stop, and kills it if it takes longer than this. */
    void close(Duration patience) {
        process.destroy();
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
        }
        AtExit.remove(atExit);
    }

    /** Ends it at once, as a crash would. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
        AtExit.remove(atExit);
    }

    private static ProcessBuilder builder(Path directory, Map<String, String> environment, List<String> command) {
        var full = new ArrayList<>(PREFIX);
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
            return LAUNCHER.submit(builder::start).get();
        } catch (ExecutionException e) {
            throw new TestNetworkException("cannot start " + builder.command(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TestNetworkException("interrupted while starting " + builder.command(), e);
        }
    }

    /**
     * What each command is started through: out of reach of the terminal's Ctrl-C, so that it stops in its turn, and killed with this
     * process, where the machine has the tools for it. Both replace themselves by the command and keep its process id.
     */
    private static List<String> prefix() {
        var prefix = new ArrayList<String>();
        find("setsid").ifPresent(it -> prefix.add(it.toString()));
        find("setpriv").ifPresent(it -> prefix.addAll(List.of(it.toString(), "--pdeathsig", "KILL", "--")));
        return List.copyOf(prefix);
    }

    private static Optional<Path> find(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                // BusyBox, which is a link, has other options.
                .filter(file -> !Files.isSymbolicLink(file))
                .findFirst();
    }

    /** Tells whether a process does its work yet; an exception means no. */
    @FunctionalInterface
    interface Probe {
        boolean isReady() throws IOException;
    }
}
