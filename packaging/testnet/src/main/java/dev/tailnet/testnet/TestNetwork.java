package dev.tailnet.testnet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * A tailnet of its own: Headscale with an embedded DERP relay on loopback, and the peers started from here. All its files are in one
 * temporary directory, which {@link #close} removes after it ended the processes.
 *
 * <p>Every method that fails throws {@link TestNetworkException}, whose message has the end of the log concerned.
 */
public final class TestNetwork implements AutoCloseable {
    private final TemporaryDirectory directory = TemporaryDirectory.create();
    private final NetworkOptions options;
    private final Headscale headscale;
    private final Map<String, Long> authKeyIds = new ConcurrentHashMap<>();
    private final List<Peer> peers = new CopyOnWriteArrayList<>();
    private final AtomicInteger peerCount = new AtomicInteger();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Runnable stop = this::stop;
    private long userId;

    private TestNetwork(NetworkOptions options) throws IOException {
        this.options = options;
        this.headscale = new Headscale(directory.path().resolve("headscale"), options);
        AtExit.add(stop);
    }

    /** Starts one with the {@linkplain NetworkOptions#defaults default options}; returns when the control server answers. */
    public static TestNetwork start() {
        return start(NetworkOptions.defaults());
    }

    /** Starts one; returns when the control server answers. */
    public static TestNetwork start(NetworkOptions options) {
        TestNetwork network;
        try {
            network = new TestNetwork(options);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the files of a test network", e);
        }
        try {
            network.headscale.start();
            network.userId = network.headscale
                    .ask("users", "create", HeadscaleConfig.USER)
                    .path("id")
                    .asLong();
            network.setPolicy(HeadscaleConfig.openPolicy());
            return network;
        } catch (RuntimeException e) {
            network.close();
            throw e;
        }
    }

    /** What nodes take for {@code --login-server}. */
    public URI controlUrl() {
        return headscale.url();
    }

    /** The MagicDNS domain, without dots at its ends. */
    public String baseDomain() {
        return options.baseDomain();
    }

    /** Where all files of this network are; others may put theirs here, to be removed with it. */
    public Path directory() {
        return directory.path();
    }

    /** The environment that a node of this network needs: its DERP relay speaks plain HTTP, and nothing is sent to the internet. */
    public Map<String, String> nodeEnvironment() {
        var environment = new HashMap<>(
                Map.of("TS_DEBUG_USE_DERP_HTTP", "1", "TS_DISABLE_PORTMAPPER", "1", "TS_NO_LOGS_NO_SUPPORT", "true"));
        if (onlyLoopbackIsUp()) {
            environment.put("TS_ASSUME_NETWORK_UP_FOR_TEST", "1");
        }
        return Map.copyOf(environment);
    }

    /** Mints an auth key. */
    public String createAuthKey(AuthKeyOptions key) {
        var created = headscale.ask(
                "preauthkeys",
                "create",
                "--user=" + userId,
                "--ephemeral=" + key.ephemeral(),
                "--reusable=" + key.reusable(),
                "--tags=" + String.join(",", key.tags()),
                "--expiration=" + key.expiry().toSeconds() + "s");
        String secret = created.path("key").asString();
        authKeyIds.put(secret, created.path("id").asLong());
        return secret;
    }

    /** Ends the validity of a key that {@link #createAuthKey} minted. */
    public void expireAuthKey(String key) {
        Long id = authKeyIds.get(key);
        if (id == null) {
            throw new IllegalArgumentException("not a key of this test network");
        }
        headscale.command("preauthkeys", "expire", "--id=" + id);
    }

    /** The nodes that the control server knows now. */
    public List<Node> nodes() {
        return headscale.ask("nodes", "list").valueStream().map(Node::of).toList();
    }

    /**
     * The nodes once they satisfy the predicate.
     *
     * @throws TestNetworkException if they do not in time; the message has the nodes
     */
    public List<Node> awaitNodes(Duration timeout, Predicate<List<Node>> predicate) {
        var holder = new Object() {
            List<Node> nodes = List.of();
        };
        Await.until(
                timeout,
                () -> {
                    holder.nodes = nodes();
                    return predicate.test(holder.nodes);
                },
                () -> "the control server has these nodes: " + holder.nodes);
        return holder.nodes;
    }

    /** Makes the control server forget a node. */
    public void deleteNode(long id) {
        headscale.command("nodes", "delete", "--force", "--identifier=" + id);
    }

    /** Ends the validity of a node's key: the node must log in again. */
    public void expireNode(long id) {
        headscale.command("nodes", "expire", "--identifier=" + id);
    }

    /** Sets which of the subnet routes a node advertises it may serve; with none, it serves none. */
    public void approveRoutes(long id, String... routes) {
        headscale.command("nodes", "approve-routes", "--identifier=" + id, "--routes=" + String.join(",", routes));
    }

    /** Replaces the access policy; nodes get it at once. */
    public void setPolicy(String huJson) {
        Path file = directory.path().resolve("policy.hujson");
        try {
            Files.writeString(file, huJson);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
        headscale.command("policy", "set", "--file=" + file);
    }

    /** Lets everybody reach everybody, as at the start. */
    public void openPolicy() {
        setPolicy(HeadscaleConfig.openPolicy());
    }

    /** The output of {@code headscale ARGUMENTS --output json}, for what no method here does. */
    public String headscale(String... arguments) {
        return headscale.command(arguments);
    }

    /** Starts a plain peer. */
    public Peer startPeer(String hostname) {
        return startPeer(hostname, PeerOptions.plain());
    }

    /** Starts a peer; returns when it is Running. */
    public Peer startPeer(String hostname, PeerOptions peer) {
        var key = AuthKeyOptions.singleUse()
                .withEphemeral(peer.ephemeral())
                .withTags(peer.tags().toArray(String[]::new));
        return startPeer(hostname, peer, createAuthKey(key));
    }

    /** Starts a peer with a key of {@link #createAuthKey}, which decides on tags and ephemerality; returns when it is Running. */
    public Peer startPeer(String hostname, PeerOptions peer, String authKey) {
        try {
            var started = Peer.start(
                    hostname,
                    directory.path().resolve("peer-" + peerCount.incrementAndGet()),
                    nodeEnvironment(),
                    controlUrl(),
                    authKey,
                    peer);
            peers.add(started);
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the files of peer " + hostname, e);
        }
    }

    /** Stops the control server and its relay; the nodes keep what they know. */
    public void stopControl() {
        headscale.close();
    }

    /** Starts the control server again, at the same address with the same nodes and keys. */
    public void startControl() {
        headscale.start();
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        stop();
        directory.close();
        AtExit.remove(stop);
    }

    private void stop() {
        peers.forEach(Peer::kill);
        headscale.close();
    }

    private static boolean onlyLoopbackIsUp() {
        try {
            return NetworkInterface.networkInterfaces().noneMatch(it -> {
                try {
                    return it.isUp()
                            && !it.isLoopback()
                            && it.getInetAddresses().hasMoreElements();
                } catch (SocketException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (SocketException e) {
            throw new UncheckedIOException("cannot list the network interfaces", e);
        }
    }
}
