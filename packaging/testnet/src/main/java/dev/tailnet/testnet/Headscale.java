package dev.tailnet.testnet;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The control server process, and its command line as the way to ask it for something. */
final class Headscale implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(30);
    private static final int HEALTH_TIMEOUT_MILLIS = 2_000;

    private final Path directory;
    private final Path config;
    private final URI url;
    private @Nullable ChildProcess process;

    /** Writes its configuration; it runs after {@link #start}. */
    Headscale(Path directory, NetworkOptions options) throws IOException {
        this.directory = Files.createDirectory(directory);
        this.config = directory.resolve("config.yaml");
        InetAddress address = options.controlAddress();
        var http = new InetSocketAddress(address, Ports.freeTcp().getPort());
        var stun = new InetSocketAddress(address, Ports.freeUdp().getPort());
        this.url = URI.create("http://" + Ports.hostPort(http));
        Files.writeString(config, HeadscaleConfig.file(directory, http, stun, options));
    }

    URI url() {
        return url;
    }

    /** Starts it, or starts it again with all it knew; returns when it is healthy. */
    synchronized void start() {
        if (process != null) {
            return;
        }
        var started = ChildProcess.start(
                "headscale",
                directory,
                directory.resolve("headscale.log"),
                Map.of(),
                List.of(Binaries.headscale().toString(), "--config", config.toString(), "serve"));
        process = started;
        started.awaitReady(START_TIMEOUT, this::isHealthy);
    }

    /** Ends it at once, since its own shutdown waits for the nodes to hang up; what it knows stays on disk. */
    @Override
    public synchronized void close() {
        if (process != null) {
            process.kill();
            process = null;
        }
    }

    /**
     * What {@code headscale ARGUMENTS --output json} says.
     *
     * @throws TestNetworkException if the command fails
     */
    JsonNode ask(String... arguments) {
        var output = command(arguments);
        return JsonMapper.shared().readTree(output.isBlank() ? "null" : output);
    }

    /**
     * Runs {@code headscale ARGUMENTS --output json}; some commands answer in plain text all the same.
     *
     * @throws TestNetworkException if the command fails
     */
    String command(String... arguments) {
        var command = new ArrayList<String>(
                List.of(Binaries.headscale().toString(), "--config", config.toString(), "--output", "json"));
        command.addAll(List.of(arguments));
        try {
            return ChildProcess.run(directory, Map.of(), COMMAND_TIMEOUT, command)
                    .orThrow()
                    .stdout();
        } catch (TestNetworkException e) {
            throw new TestNetworkException(e.getMessage() + System.lineSeparator() + logTail(), e);
        }
    }

    private synchronized String logTail() {
        return process == null ? "headscale is stopped" : process.logTail();
    }

    private boolean isHealthy() throws IOException {
        var connection = (HttpURLConnection) url.resolve("/health").toURL().openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout(HEALTH_TIMEOUT_MILLIS);
        connection.setReadTimeout(HEALTH_TIMEOUT_MILLIS);
        try {
            return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
        } finally {
            connection.disconnect();
        }
    }
}
