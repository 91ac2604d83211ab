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
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Has an agent of a distribution do on a real tailnet what agents do, its verbs too, and writes what their JVMs loaded and linked. */
public final class Training {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    /** For each step; a busy machine takes its time. */
    private static final Duration STEP = Duration.ofSeconds(180);

    private final Path home;
    private final TestNetwork network;
    private final List<Path> recorded = new ArrayList<>();

    private Training(Path home, TestNetwork network) {
        this.home = home;
        this.network = network;
    }

    /**
     * Records.
     *
     * @param arguments the folder of the distribution; the {@link ClassList} to write
     */
    public static void main(String[] arguments) {
        try (var network = TestNetwork.start()) {
            var training = new Training(Path.of(arguments[0]).toAbsolutePath(), network);
            training.record();
            training.write(Path.of(arguments[1]).toAbsolutePath());
        } catch (TestNetworkException | IOException | UncheckedIOException e) {
            System.err.println("training: " + e.getMessage());
            System.exit(1);
        }
    }

    private void record() throws IOException {
        network.startPeer("far");
        var own = new HashMap<>(recording("run"));
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
            recordVerbs("far", page.port());
            agent.close(STEP);
        }
    }

    /** Those that scripts call often, or a person waits for. */
    private void recordVerbs(String host, int port) {
        verb("version");
        verb("env");
        verb("status");
        verb("status", "--json");
        verb("ip");
        verb("wait");
        verb("nc", host, Integer.toString(port));
    }

    private void verb(String... words) {
        var command = new ArrayList<>(List.of(home.resolve("bin/tailnet-agent").toString()));
        command.addAll(List.of(words));
        if (!words[0].equals("version")) {
            command.add("--runtime-dir=" + network.directory().resolve("agent/run"));
        }
        Commands.run(network.directory(), recording("verb-" + recorded.size()), STEP, command)
                .orThrow();
    }

    /** For a JVM that writes what it does, and has no cache yet: the launcher gives none to a Java that was named to it. */
    private Map<String, String> recording(String name) {
        Path list = network.directory().resolve(name + ".lst");
        recorded.add(list);
        return Map.of(
                "TAILNET_JAVA_HOME",
                home.resolve("runtime").toString(),
                "TAILNET_JAVA_OPTIONS",
                "-XX:DumpLoadedClassList=" + list);
    }

    private void write(Path list) {
        var command = new ArrayList<>(List.of(
                home.resolve("runtime/bin/java").toString(),
                "-cp",
                ownClasses() + ":" + home.resolve("lib/tailnet-agent.jar"),
                ClassList.class.getName(),
                list.toString()));
        recorded.forEach(it -> command.add(it.toString()));
        Commands.run(network.directory(), Map.of(), STEP, command).orThrow();
    }

    private static Path ownClasses() {
        return Path.of(URI.create(Training.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString()));
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
