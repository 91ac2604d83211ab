package dev.tailnet.testnet.training;

import dev.tailnet.testnet.AgentProcess;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.Commands;
import dev.tailnet.testnet.TestNetwork;
import dev.tailnet.testnet.TestNetworkException;
import dev.tailnet.testnet.fixture.PageServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Makes {@code lib/tailnet-agent.aot} of a distribution, with the JVM options of its own launcher. */
public final class Training {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    /** For each step; a busy machine takes its time. */
    private static final Duration STEP = Duration.ofSeconds(180);

    private final Path home;
    private final Path cache;

    private Training(Path home) {
        this.home = home;
        this.cache = home.resolve("lib/tailnet-agent.aot");
    }

    /**
     * Records.
     *
     * @param arguments the folder of the distribution, without a cache
     */
    public static void main(String[] arguments) {
        try {
            new Training(Path.of(arguments[0]).toAbsolutePath()).run();
        } catch (TestNetworkException | IOException | UncheckedIOException e) {
            System.err.println("training: the AOT cache cannot be recorded: " + e.getMessage());
            System.err.println("training: without -Daot.skip=false the distribution has none, and starts slower.");
            System.exit(1);
        }
    }

    private void run() throws IOException {
        try (var network = TestNetwork.start()) {
            var recording = network.directory().resolve("recording.aotconf");
            record(network, recording);
            var made = network.directory().resolve("tailnet-agent.aot");
            Commands.run(
                            network.directory(),
                            options("create", recording, "-XX:AOTCache=" + made),
                            STEP,
                            List.of(home.resolve("bin/tailnet-agent").toString(), "run"))
                    .orThrow();
            Files.move(made, cache);
        }
    }

    private void record(TestNetwork network, Path recording) throws IOException {
        network.startPeer("far");
        var own = new HashMap<>(options("record", recording, "-Xlog:aot=error"));
        own.put("TS_AUTHKEY", network.createAuthKey(AuthKeyOptions.ephemeralNode()));
        try (var page = new PageServer(LOOPBACK, "Hello.\n");
                var agent = AgentProcess.start(
                        home,
                        network.directory().resolve("agent"),
                        network.nodeEnvironment(),
                        own,
                        List.of(
                                "--hostname=training",
                                "--login-server=" + network.controlUrl(),
                                "--listen=127.0.0.1:0",
                                "--status-listen=127.0.0.1:0"))) {
            var status =
                    agent.awaitStatus(STEP, it -> it.path("state").asString("").equals("running"));
            new Clients(listener(status, "mixed"), listener(status, "status")).use("far", page.port());
            agent.close(STEP);
            if (!Files.exists(recording)) {
                throw new IOException("nothing was recorded; " + agent.logTail());
            }
        }
    }

    private static Map<String, String> options(String mode, Path recording, String more) {
        return Map.of(
                "TAILNET_JAVA_OPTIONS", "-XX:AOTMode=%s -XX:AOTConfiguration=%s %s".formatted(mode, recording, more));
    }

    private static InetSocketAddress listener(JsonNode status, String kind) throws IOException {
        return status.path("listeners")
                .valueStream()
                .filter(it -> it.path("kind").asString("").equals(kind))
                .map(it -> it.path("address").asString())
                .map(it -> new InetSocketAddress(LOOPBACK, Integer.parseInt(it.substring(it.lastIndexOf(':') + 1))))
                .findFirst()
                .orElseThrow(() -> new IOException("no listener of kind " + kind + " in " + status));
    }
}
