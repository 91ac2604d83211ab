package dev.tailnet.agent.clients;

import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.testnet.TestNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * An agent that is started as an image starts it: by a shell and the environment alone, on the ports that are its defaults. There
 * can be one of these, or several that are told other ports.
 */
final class Boot implements AutoCloseable {
    private static final Duration STOP = Duration.ofSeconds(30);

    private final Process process;
    private final Path home;
    private final CommandLines commands;
    private final Map<String, String> environment;

    private Boot(Process process, Path home, CommandLines commands, Map<String, String> environment) {
        this.process = process;
        this.home = home;
        this.commands = commands;
        this.environment = environment;
    }

    /**
     * Runs a command of a shell.
     *
     * @param home may be that of one that has ended
     */
    static Boot start(
            TestNetwork network, CommandLines commands, Path home, String command, Map<String, String> variables) {
        try {
            Files.createDirectories(home.resolve("run"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var environment = new HashMap<>(network.nodeEnvironment());
        environment.put("TS_EXTRA_ARGS", "--login-server=" + network.controlUrl());
        environment.put("XDG_RUNTIME_DIR", home.resolve("run").toString());
        environment.putAll(variables);
        Process process = shell(commands, home, environment).start(home.resolve("log"), "-c", command);
        return new Boot(process, home, commands, environment);
    }

    private static Program shell(CommandLines commands, Path home, Map<String, String> environment) {
        return Program.named("sh", home)
                .with("PATH", commands.directory() + ":" + System.getenv("PATH"))
                .with(environment);
    }

    /** What a script says that runs beside the agent, without its key. */
    Program.Run run(String script) {
        var beside = new HashMap<>(environment);
        beside.remove("TS_AUTHKEY");
        return shell(commands, home, beside).run("-uc", script);
    }

    /** Returns the answer of a script once it is the one that is awaited. */
    Program.Run await(String script, String words) {
        return Eventually.get(
                Duration.ofSeconds(40), () -> run(script), said -> said.output().contains(words));
    }

    long pid() {
        return process.pid();
    }

    String log() {
        try {
            return Files.readString(home.resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends SIGTERM. @return the exit code */
    int stop() {
        process.destroy();
        try {
            if (!process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("the agent did not end:\n" + log());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
