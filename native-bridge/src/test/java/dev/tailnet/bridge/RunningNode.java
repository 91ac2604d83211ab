package dev.tailnet.bridge;

import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.TestAddresses;
import dev.tailnet.testnet.TestNetwork;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A node of the test network with a reader of its events; closing it waits for its end. */
record RunningNode(TailnetNode node, Events events) implements AutoCloseable {
    private static final AtomicLong IDS = new AtomicLong();
    private static final Duration LONGEST_LOGIN = Duration.ofSeconds(30);
    private static final Duration LONGEST_LOGOUT = Duration.ofSeconds(10);
    private static final Pattern RUNNING = Pattern.compile("\"State\":6\\b");

    /** Starts an ephemeral node that others may connect to, and waits for it to be running. */
    static RunningNode ephemeral(TestNetwork network, String hostname) throws IOException, InterruptedException {
        String key = network.createAuthKey(AuthKeyOptions.ephemeralNode());
        return start(options(network, hostname, key, true, null)).awaitRunning();
    }

    /** The same, waiting for the subnet routes to be known as well. */
    static RunningNode withRoutes(TestNetwork network, String hostname) throws IOException, InterruptedException {
        var node = ephemeral(network, hostname);
        Await.until(
                "the peer's route is known",
                LONGEST_LOGIN,
                () -> node.node().routeOf(TestAddresses.SUBNET_HOST_IPV4) == TailnetRoute.SUBNET);
        return node;
    }

    static NodeOptions options(
            TestNetwork network, String hostname, String key, boolean ephemeral, @Nullable Path stateDir)
            throws IOException {
        Path runtimeDir = Files.createTempDirectory(network.directory(), hostname);
        return new NodeOptions(
                hostname,
                network.controlUrl(),
                LoginCredential.authKey(key),
                ephemeral,
                stateDir,
                runtimeDir,
                List.of(),
                true,
                false);
    }

    static RunningNode start(NodeOptions options) {
        var node = TailnetNode.create(options);
        var events = new Events(node.eventsFd());
        node.start();
        return new RunningNode(node, events);
    }

    RunningNode awaitRunning() throws InterruptedException {
        events.await(
                NodeEvent.Notify.class, event -> RUNNING.matcher(event.json()).find(), LONGEST_LOGIN);
        return this;
    }

    /** The node's IPv4 and IPv6 addresses, as the LocalAPI tells them. */
    List<InetAddress> addresses() throws IOException {
        return LocalApi.status(node)
                .path("Self")
                .path("TailscaleIPs")
                .valueStream()
                .map(address -> InetAddress.ofLiteral(address.asString()))
                .toList();
    }

    /** An id that no node has used. */
    static long newId() {
        return IDS.incrementAndGet();
    }

    @Override
    public void close() throws InterruptedException {
        node.close();
        events.awaitEnd(LONGEST_LOGOUT);
        events.close();
    }
}
