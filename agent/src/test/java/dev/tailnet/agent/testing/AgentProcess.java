package dev.tailnet.agent.testing;

import dev.tailnet.testnet.TestNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code tailnet-agent run} in a process of its own, with this JVM's class path. */
public final class AgentProcess implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(20);
    private static final Duration UP = Duration.ofSeconds(30);
    private static final Duration STOP = Duration.ofSeconds(30);
    private static final Duration LOGGED = Duration.ofSeconds(10);

    private final Process process;
    private final Path directory;

    private AgentProcess(Process process, Path directory) {
        this.process = process;
        this.directory = directory;
    }

    /** How to start one. */
    public static final class Builder {
        private final Path directory;
        private final Map<String, String> environment = new HashMap<>();
        private final List<String> arguments = new ArrayList<>();
        private final List<String> javaOptions = new ArrayList<>();
        private final List<String> prefix = new ArrayList<>();

        private Builder(Path directory) {
            this.directory = directory;
        }

        public Builder environment(String name, String value) {
            environment.put(name, value);
            return this;
        }

        public Builder authKey(String key) {
            return environment("TS_AUTHKEY", key);
        }

        /** Flags as {@code --name=value}; one given again replaces the one before. */
        public Builder arguments(String... more) {
            for (String argument : more) {
                String name = argument.substring(0, argument.indexOf('=') + 1);
                arguments.removeIf(earlier -> !name.isEmpty() && earlier.startsWith(name));
                arguments.add(argument);
            }
            return this;
        }

        public Builder javaOptions(String... more) {
            javaOptions.addAll(List.of(more));
            return this;
        }

        /** The system gives the agent no more than this many file descriptors. */
        public Builder openFiles(int most) {
            prefix.addAll(List.of("prlimit", "--nofile=" + most + ":" + most, "--"));
            return this;
        }

        /** The agent has a network of its own, in which there is nothing but a loopback interface at first. */
        public Builder ownNetwork() {
            prefix.addAll(List.of("unshare", "--net", "--", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh"));
            return this;
        }

        /** The agent is started by this command, which replaces itself by what its last arguments say. */
        public Builder through(List<String> command) {
            prefix.addAll(command);
            return this;
        }

        public Path directory() {
            return directory;
        }

        /** Returns when the agent answers on its control socket, which is after the proxies are bound. */
        public AgentProcess start() {
            AgentProcess agent = launch();
            agent.awaitListening();
            return agent;
        }

        /** Returns when the node is running. */
        public AgentProcess startAndAwaitRunning() {
            AgentProcess agent = start();
            agent.awaitState("running", UP);
            return agent;
        }

        /** Returns at once. */
        public AgentProcess launch() {
            List<String> command = new ArrayList<>(prefix);
            command.addAll(java());
            command.add("-Dio.netty.leakDetection.level=paranoid");
            String library = System.getProperty("dev.tailnet.library");
            if (library != null) {
                command.add("-Ddev.tailnet.library=" + library);
            }
            command.addAll(javaOptions);
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.tailnet.agent.cli.Main", "run"));
            command.addAll(arguments);
            var builder =
                    new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
            builder.redirectOutput(ProcessBuilder.Redirect.appendTo(
                    directory.resolve("agent.log").toFile()));
            builder.environment().keySet().retainAll(List.of("PATH", "LANG", "TAILNET_LIBRARY"));
            builder.environment().put("HOME", directory.toString());
            builder.environment().putAll(environment);
            try {
                return new AgentProcess(builder.start(), directory);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** An agent for this network, on ports that the system picks, with its files below a directory of its own. */
    public static Builder in(TestNetwork network, String hostname) {
        Builder builder = in(network.directory().resolve("agent-" + hostname));
        network.nodeEnvironment().forEach(builder::environment);
        return builder.arguments("--login-server=" + network.controlUrl(), "--hostname=" + hostname);
    }

    /** An agent with its files in a directory, which may be one of an agent that has ended. */
    public static Builder in(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Builder(directory)
                .arguments(
                        "--listen=127.0.0.1:0",
                        "--status-listen=127.0.0.1:0",
                        "--runtime-dir=" + directory.resolve("run"),
                        "--log-level=debug");
    }

    public long pid() {
        return process.pid();
    }

    public Path directory() {
        return directory;
    }

    public Path runtimeDir() {
        return directory.resolve("run");
    }

    /** All that the agent has written to its outputs. */
    public String log() {
        try {
            return Files.readString(directory.resolve("agent.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns the log once it has all of these words: a client may have its answer before the line about it is written.
     */
    public String awaitLog(String... words) {
        return Eventually.get(LOGGED, this::log, log -> Stream.of(words).allMatch(log::contains));
    }

    /** The lines of the log with all of these words, once there is one. */
    public List<String> awaitLogLines(String... words) {
        return Eventually.get(
                LOGGED,
                () -> log().lines()
                        .filter(line -> Stream.of(words).allMatch(line::contains))
                        .toList(),
                lines -> !lines.isEmpty());
    }

    /** Returns when the agent answers on its control socket. */
    public void awaitListening() {
        Eventually.get(
                START,
                () -> {
                    if (!process.isAlive()) {
                        throw new AssertionError("the agent ended with " + process.exitValue() + ":\n" + log());
                    }
                    return log();
                },
                log -> Files.exists(runtimeDir().resolve("agent.sock"))
                        && control("/healthz").contains(" 200 "));
    }

    /** Returns the status once the node is in a state. */
    public JsonNode awaitState(String state, Duration timeout) {
        return Eventually.get(
                timeout, this::status, status -> status.path("state").asString().equals(state));
    }

    /** Returns once the node knows another by its name. */
    public void awaitPeer(String name) {
        Eventually.get(
                UP,
                () -> status().path("peers"),
                peers -> peers.valueStream()
                        .anyMatch(peer -> peer.path("name").asString().equals(name)));
    }

    /** {@code /status} from the control socket. */
    public JsonNode status() {
        String answer = control("/status");
        return JsonMapper.shared().readTree(answer.substring(answer.indexOf("\r\n\r\n") + 4));
    }

    /** A whole answer from the control socket; empty when nobody answers. */
    public String control(String path) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(runtimeDir().resolve("agent.sock")));
            channel.write(ByteBuffer.wrap(
                    ("GET " + path + " HTTP/1.1\r\nHost: agent\r\n\r\n").getBytes(StandardCharsets.US_ASCII)));
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    /** Returns the metrics once there is a line for each of these patterns: they count what has been answered already. */
    public String awaitMetrics(String... patterns) {
        return Eventually.get(
                LOGGED,
                () -> control("/metrics"),
                metrics -> Stream.of(patterns)
                        .allMatch(pattern -> Pattern.compile(pattern, Pattern.MULTILINE)
                                .matcher(metrics)
                                .find()));
    }

    /** Where a kind of listener listens. */
    public InetSocketAddress listener(String kind) {
        return listener("kind", kind);
    }

    /** Where the forward to a target listens. */
    public InetSocketAddress forwardTo(String target) {
        return listener("target", target);
    }

    private InetSocketAddress listener(String key, String value) {
        for (JsonNode listener : status().path("listeners")) {
            if (listener.path(key).asString("").equals(value)) {
                String address = listener.path("address").asString();
                int colon = address.lastIndexOf(':');
                return new InetSocketAddress(
                        InetAddress.ofLiteral(address.substring(0, colon).replaceAll("[\\[\\]]", "")),
                        Integer.parseInt(address.substring(colon + 1)));
            }
        }
        throw new AssertionError("no listener with " + key + " " + value + ": " + status());
    }

    /** The port of the listener that speaks both protocols. */
    public int proxyPort() {
        return listener("mixed").getPort();
    }

    /** Runs curl through SOCKS5, the name being resolved by the proxy. */
    public Curl overSocks(String url, String... arguments) {
        return through("socks5h://127.0.0.1:" + proxyPort(), url, arguments);
    }

    /** Runs curl through HTTP CONNECT. */
    public Curl overHttp(String url, String... arguments) {
        return through("http://127.0.0.1:" + proxyPort(), url, arguments);
    }

    private static Curl through(String proxy, String url, String... arguments) {
        List<String> all = new ArrayList<>(List.of("-x", proxy, "-p", url));
        all.addAll(List.of(arguments));
        return Curl.run(all.toArray(String[]::new));
    }

    /**
     * What a verb said.
     *
     * @param output stdout and stderr together
     */
    public record Said(int exitCode, String output) {}

    /** Runs another verb of {@code tailnet-agent} on this agent. */
    public Said verb(String verb, String... arguments) {
        return verb(System.getenv(), verb, arguments);
    }

    /** The same in an environment of its own, but for where programs and the library are. */
    public Said verb(Map<String, String> environment, String verb, String... arguments) {
        try {
            Process running = begin(environment, verb, arguments);
            running.getOutputStream().close();
            String output = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Said(running.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Starts a verb that goes on, with its error output in its output. */
    public Process begin(String verb, String... arguments) {
        return begin(System.getenv(), verb, arguments);
    }

    private Process begin(Map<String, String> environment, String verb, String... arguments) {
        List<String> command = java();
        String library = System.getProperty("dev.tailnet.library");
        if (library != null) {
            command.add("-Ddev.tailnet.library=" + library);
        }
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                "dev.tailnet.agent.cli.Main",
                verb,
                "--runtime-dir=" + runtimeDir()));
        command.addAll(List.of(arguments));
        try {
            var builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().keySet().retainAll(List.of("PATH", "LANG", "TAILNET_LIBRARY"));
            builder.environment().putAll(environment);
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> java() {
        return new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto"));
    }

    /** Sends SIGTERM, without waiting. */
    public void terminate() {
        process.destroy();
    }

    /** Sends SIGHUP. */
    public void hangUp() {
        try {
            Process kill = new ProcessBuilder("kill", "-HUP", String.valueOf(pid())).start();
            if (kill.waitFor() != 0) {
                throw new AssertionError("the agent has ended:\n" + log());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** What it has used of the processors so far. */
    public Duration processorTime() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    /** @return the exit code */
    public int awaitExit() {
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

    /** Ends it with SIGTERM, and with SIGKILL if that does not help. */
    @Override
    public void close() {
        terminate();
        try {
            if (!process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
