package dev.tailnet.agent.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program of this machine, with an environment of its own: a home directory, a path, and what it is given. */
final class Program {
    private static final int LIMIT_SECONDS = 60;

    /** Where Debian has servers, which a user's path does not. */
    private static final String MORE_PATH = ":/usr/sbin:/sbin";

    private final Path executable;
    private final Path home;
    private final Map<String, String> environment = new HashMap<>();
    private List<String> prefix = List.of();
    private byte[] input = {};

    private Program(Path executable, Path home) {
        this.executable = executable;
        this.home = home;
    }

    /** What came of a run. */
    record Run(int exitCode, String output, String errors) {
        /** The output, if the program ended well. */
        String ok() {
            assertThat(exitCode).as("%s\n%s", output, errors).isZero();
            return output;
        }
    }

    /** One of the path; the test is skipped where it is missing. */
    static Program named(String name, Path home) {
        var found = find(name);
        assumeTrue(found.isPresent(), name + " is missing");
        return new Program(found.orElseThrow(), home);
    }

    static Program at(Path executable, Path home) {
        return new Program(executable, home);
    }

    static Optional<Path> find(String name) {
        return all(name).findFirst();
    }

    /** Each of that name on the path. */
    static Stream<Path> all(String name) {
        return Stream.of((System.getenv("PATH") + MORE_PATH).split(File.pathSeparator))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable);
    }

    Path executable() {
        return executable;
    }

    Program with(Map<String, String> variables) {
        environment.putAll(variables);
        return this;
    }

    Program with(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** Starts it by another command, which ends in it: {@code setpriv}. */
    Program through(List<String> command) {
        prefix = List.copyOf(command);
        return this;
    }

    Program input(String text) {
        return input(text.getBytes(StandardCharsets.UTF_8));
    }

    Program input(byte[] bytes) {
        input = bytes;
        return this;
    }

    Run run(String... arguments) {
        var files = files();
        try {
            Path in = Files.write(files.resolve("in"), input);
            Path out = files.resolve("out");
            Path err = files.resolve("err");
            Process process = builder(arguments)
                    .redirectInput(in.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(executable + " did not end:\n" + Files.readString(err));
            }
            return new Run(process.exitValue(), read(out), read(err));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Starts it, its output and errors in one file, for as long as the test likes. */
    Process start(Path log, String... arguments) {
        try {
            return builder(arguments)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it with pipes. */
    Process start(String... arguments) {
        try {
            return builder(arguments).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ProcessBuilder builder(String... arguments) {
        var command = new ArrayList<String>(prefix);
        command.add(executable.toString());
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).directory(home.toFile());
        builder.environment().clear();
        builder.environment()
                .putAll(Map.of("HOME", home.toString(), "PATH", System.getenv("PATH") + MORE_PATH, "LANG", "C.UTF-8"));
        builder.environment().putAll(environment);
        return builder;
    }

    private Path files() {
        try {
            return Files.createTempDirectory(home, "run");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}
