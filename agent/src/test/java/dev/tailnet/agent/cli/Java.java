package dev.tailnet.agent.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A program of the test class path in a process of its own. */
final class Java implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 60;

    private final Process process;

    private Java(Process process) {
        this.process = process;
    }

    /**
     * What came of a process.
     *
     * @param code its exit code
     */
    record Outcome(int code, String out, String err) {}

    static Java start(Class<?> main, Map<String, String> environment, String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(
                "env",
                "--default-signal=HUP,INT,TERM", // whatever nohup or a shell's background has made of them
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().putAll(environment);
        return new Java(builder.start());
    }

    static Outcome run(Class<?> main, Map<String, String> environment, String... arguments) throws Exception {
        try (var java = start(main, environment, arguments)) {
            return java.await();
        }
    }

    /** Reads a line of its stdout. */
    String line() throws IOException {
        return line(process.getInputStream());
    }

    /** Reads a line of its stderr. */
    String errorLine() throws IOException {
        return line(process.getErrorStream());
    }

    private static String line(InputStream out) throws IOException {
        var line = new StringBuilder();
        for (int c = out.read(); c >= 0 && c != '\n'; c = out.read()) {
            line.append((char) c);
        }
        return line.toString();
    }

    void signal(String name) throws Exception {
        var kill = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start();
        if (kill.waitFor() != 0) {
            throw new IOException("the process has ended");
        }
    }

    Outcome await() throws Exception {
        var out = CompletableFuture.supplyAsync(() -> read(process.getInputStream()));
        var err = CompletableFuture.supplyAsync(() -> read(process.getErrorStream()));
        if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("still running after " + DEADLINE_SECONDS + " s");
        }
        return new Outcome(process.exitValue(), out.get(), err.get());
    }

    private static String read(InputStream stream) {
        try {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
