package dev.tailnet.testnet;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A tailscaled process in userspace mode: what connects to a port of its tailnet addresses reaches that port of 127.0.0.1 here.
 * Closing it ends the process; the control server keeps the node unless it is ephemeral.
 */
public final class Peer implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(60);

    private final String hostname;
    private final Path directory;
    private final Map<String, String> environment;
    private final ChildProcess process;
    private final @Nullable InetSocketAddress socks5;
    private final @Nullable InetSocketAddress http;
    private String ipv4 = "";
    private String ipv6 = "";

    private Peer(String hostname, Path directory, Map<String, String> environment, PeerOptions options)
            throws IOException {
        this.hostname = hostname;
        this.directory = directory;
        this.environment = environment;
        this.socks5 = options.socks5();
        this.http = options.http();
        var program = options.relaid() ? Binaries.tailscaledRelaid() : Binaries.tailscaled();
        var command = new ArrayList<String>(List.of(
                program.toString(),
                "--tun=userspace-networking",
                "--no-logs-no-support",
                "--port=0",
                "--statedir=" + directory,
                "--socket=" + socket()));
        if (socks5 != null) {
            command.add("--socks5-server=" + Ports.hostPort(socks5));
        }
        if (http != null) {
            command.add("--outbound-http-proxy-listen=" + Ports.hostPort(http));
        }
        this.process = ChildProcess.start(
                "tailscaled of " + hostname, directory, directory.resolve("tailscaled.log"), environment, command);
    }

    static Peer start(
            String hostname,
            Path directory,
            Map<String, String> environment,
            URI controlUrl,
            String authKey,
            PeerOptions options)
            throws IOException {
        Files.createDirectory(directory);
        var peer = new Peer(hostname, directory, environment, options);
        try {
            peer.process.awaitReady(START_TIMEOUT, peer::acceptsCommands);
            peer.join(controlUrl, authKey, options);
            return peer;
        } catch (RuntimeException | IOException e) {
            peer.close();
            throw e;
        }
    }

    /** The name it asked the control server for. */
    public String hostname() {
        return hostname;
    }

    /** Its tailnet address. */
    public String ipv4() {
        return ipv4;
    }

    /** Its tailnet address. */
    public String ipv6() {
        return ipv6;
    }

    /** The process id of tailscaled. */
    public long pid() {
        return process.pid();
    }

    /**
     * Where its SOCKS5 proxy listens.
     *
     * @throws IllegalStateException if it was started without
     */
    public InetSocketAddress socks5() {
        return listening(socks5, "SOCKS5");
    }

    /**
     * Where its HTTP proxy listens.
     *
     * @throws IllegalStateException if it was started without
     */
    public InetSocketAddress http() {
        return listening(http, "HTTP");
    }

    /** The LocalAPI's socket, for other clients than {@link #tailscale}. */
    public Path socket() {
        return directory.resolve("s.sock");
    }

    /** Runs {@code tailscale ARGUMENTS} on it. */
    public CommandResult tailscale(String... arguments) {
        var command = new ArrayList<String>(List.of(Binaries.tailscale().toString(), "--socket=" + socket()));
        command.addAll(List.of(arguments));
        return ChildProcess.run(directory, environment, COMMAND_TIMEOUT, command);
    }

    /** {@code tailscale status --json}. */
    public JsonNode status() {
        return JsonMapper.shared()
                .readTree(tailscale("status", "--json").orThrow().stdout());
    }

    /** The last lines of tailscaled's log, for an error message. */
    public String logTail() {
        return process.logTail();
    }

    /** Ends the process at once, as a crash would. */
    public void kill() {
        process.kill();
    }

    @Override
    public void close() {
        process.close();
    }

    private void join(URI controlUrl, String authKey, PeerOptions options) throws IOException {
        Path keyFile = Files.writeString(directory.resolve("authkey"), authKey);
        var arguments = new ArrayList<String>(List.of(
                "up",
                "--login-server=" + controlUrl,
                "--auth-key=file:" + keyFile,
                "--hostname=" + hostname,
                "--accept-routes=" + options.acceptRoutes(),
                "--accept-dns=true",
                "--timeout=" + START_TIMEOUT.toSeconds() + "s"));
        if (!options.advertiseRoutes().isEmpty()) {
            arguments.add("--advertise-routes=" + String.join(",", options.advertiseRoutes()));
        }
        var up = tailscale(arguments.toArray(String[]::new));
        Files.delete(keyFile);
        if (up.exitCode() != 0) {
            throw new TestNetworkException(
                    "peer %s cannot join: %s%s%n%s".formatted(hostname, up.stdout(), up.stderr(), process.logTail()));
        }
        for (var address : status().path("TailscaleIPs").values()) {
            if (address.asString().indexOf(':') < 0) {
                ipv4 = address.asString();
            } else {
                ipv6 = address.asString();
            }
        }
        if (ipv4.isEmpty() || ipv6.isEmpty()) {
            throw new TestNetworkException(
                    "peer " + hostname + " has no IPv4 or no IPv6 address; " + process.logTail());
        }
    }

    private boolean acceptsCommands() throws IOException {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket()));
        }
    }

    private static InetSocketAddress listening(@Nullable InetSocketAddress address, String protocol) {
        if (address == null) {
            throw new IllegalStateException("the peer was started without the " + protocol + " proxy");
        }
        return address;
    }
}
