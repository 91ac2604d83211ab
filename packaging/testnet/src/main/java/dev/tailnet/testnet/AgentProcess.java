package dev.tailnet.testnet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A running tailnet-agent, as its distribution starts it: {@code bin/tailnet-agent run ARGUMENTS}. It sees none of this process's
 * environment but PATH.
 */
public final class AgentProcess implements AutoCloseable {
    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(30);

    private final Path program;
    private final Path directory;
    private final Map<String, String> environment;
    private final ChildProcess process;
    private final Runnable atExit;

    private AgentProcess(Path program, Path directory, Map<String, String> environment, ChildProcess process) {
        this.program = program;
        this.directory = directory;
        this.environment = environment;
        this.process = process;
        // So that the node logs out however this JVM ends.
        this.atExit = process::close;
        AtExit.add(atExit);
    }

    /**
     * Starts one; returns at once.
     *
     * @param home the folder of the distribution
     * @param directory a new folder for its log and its runtime directory
     * @param authKey passed in TS_AUTHKEY, so that it is on no command line
     * @param arguments further flags of {@code run}
     * @throws TestNetworkException if it cannot be executed
     */
    public static AgentProcess start(
            Path home, Path directory, Map<String, String> environment, String authKey, List<String> arguments) {
        return start(home, directory, environment, Map.of("TS_AUTHKEY", authKey), arguments);
    }

    /**
     * Starts one; returns at once.
     *
     * @param environment for the process and for the verbs of {@link #command}
     * @param own for the process alone
     * @throws TestNetworkException if it cannot be executed
     */
    public static AgentProcess start(
            Path home,
            Path directory,
            Map<String, String> environment,
            Map<String, String> own,
            List<String> arguments) {
        Path program = home.toAbsolutePath().resolve("bin/tailnet-agent");
        if (!Files.isExecutable(program)) {
            throw new TestNetworkException(program + " is missing. Build it with: mvn -q -DskipTests package");
        }
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + directory, e);
        }
        var all = new HashMap<>(environment);
        all.putAll(own);
        var command = new ArrayList<>(List.of(program.toString(), "run", "--runtime-dir=" + directory.resolve("run")));
        command.addAll(arguments);
        var process = ChildProcess.start("tailnet-agent", directory, directory.resolve("agent.log"), all, command);
        return new AgentProcess(program, directory, Map.copyOf(environment), process);
    }

    /** The process id; the same from exec to the end. */
    public long pid() {
        return process.pid();
    }

    /** Whether it runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Returns when it has ended, with its exit code. */
    public int awaitEnd() throws InterruptedException {
        return process.awaitEnd();
    }

    /** Runs {@code tailnet-agent ARGUMENTS} against it. */
    public CommandResult command(String... arguments) {
        var command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        command.add("--runtime-dir=" + directory.resolve("run"));
        return ChildProcess.run(directory, environment, COMMAND_TIMEOUT, command);
    }

    /**
     * What {@code tailnet-agent status --json} says once it satisfies the condition.
     *
     * @throws TestNetworkException if it does not in time, or the agent ends
     */
    public JsonNode awaitStatus(Duration timeout, Predicate<JsonNode> condition) {
        var holder = new Object() {
            JsonNode status = JsonMapper.shared().nullNode();
        };
        process.awaitReady(timeout, () -> {
            var result = command("status", "--json");
            if (result.exitCode() != 0 && result.stdout().isBlank()) {
                return false;
            }
            holder.status = JsonMapper.shared().readTree(result.stdout());
            return condition.test(holder.status);
        });
        return holder.status;
    }

    /** The last lines of its log, for an error message. */
    public String logTail() {
        return process.logTail();
    }

    /** Its whole log. */
    public Path log() {
        return directory.resolve("agent.log");
    }

    /** Sends SIGTERM and waits for its end; kills it if that takes too long. */
    @Override
    public void close() {
        process.close();
        AtExit.remove(atExit);
    }

    /** Sends SIGTERM and waits for its end; kills it if that takes longer than this. */
    public void close(Duration patience) {
        process.close(patience);
        AtExit.remove(atExit);
    }
}
