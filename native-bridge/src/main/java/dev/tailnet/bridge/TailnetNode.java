package dev.tailnet.bridge;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A node of a tailnet inside this process.
 *
 * <p>Its methods start something and return at once; none waits for the network. What comes of it arrives as a
 * {@link NodeEvent} on the descriptor of {@link #eventsFd}, which the caller's event loop reads. Operations go by ids
 * that the caller chooses, unique among those under way: the id of a dial names the tunnel that follows.
 *
 * <p>All methods may be called from any thread. They throw {@link BridgeException} when the library turns a call down,
 * {@link Code#NODE_DOWN} among the codes once the node is closed.
 */
public final class TailnetNode implements AutoCloseable {
    /** {@code ::ffff:0:0}, the lower half. */
    private static final long IPV4_MAPPED = 0xffff_0000_0000L;

    private static final int ERROR_BYTES = 1024;

    private final int handle;
    private final AtomicBoolean closed = new AtomicBoolean();

    private TailnetNode(int handle) {
        this.handle = handle;
    }

    /**
     * Makes a node that has yet to be started. Loads the library if need be.
     *
     * @throws LibraryException if the library cannot be used
     * @throws BridgeException if it turns an option down; the message names it
     */
    public static TailnetNode create(NodeOptions options) {
        Libtailscale.load();
        int handle = Natives.tailscale_new();
        if (handle <= 0) {
            throw new BridgeException(Code.RESOURCES, "the library made no node (result " + handle + ")");
        }
        var node = new TailnetNode(handle);
        try {
            node.configure(options);
            return node;
        } catch (RuntimeException e) {
            node.close();
            throw e;
        }
    }

    private void configure(NodeOptions options) {
        Path stateDir = options.stateDir();
        Path dir = stateDir == null ? options.runtimeDir() : stateDir;
        option(Natives.tailscale_set_dir(handle, dir.toString()), "directory " + dir);
        option(Natives.tailscale_set_hostname(handle, options.hostname()), "host name");
        if (options.controlUrl() != null) {
            option(
                    Natives.tailscale_set_control_url(
                            handle, options.controlUrl().toString()),
                    "control server");
        }
        if (options.credential() != null) {
            logIn(options.credential());
        }
        option(Natives.tailscale_set_ephemeral(handle, options.ephemeral() ? 1 : 0), "ephemeral");
        set("state", stateDir == null ? "memory" : "dir");
        set("accept-routes", Boolean.toString(options.acceptRoutes()));
        set("shields-up", options.shieldsUp() ? "auto" : "false");
        if (!options.tags().isEmpty()) {
            set("tags", String.join(",", options.tags()));
        }
    }

    private void set(String name, String value) {
        option(Natives.tailnet_set_option(handle, name, value), name + " " + value);
    }

    /** The functions of {@code tailscale.h} return EBADF or -1 where those of {@code tailnet_bridge.h} return -errno. */
    private void option(int result, String what) {
        if (result != 0) {
            throw failure(result == Errno.EBADF || result == -Errno.EBADF ? Errno.EBADF : 0, "set the option " + what);
        }
    }

    /**
     * The event stream: a non-blocking descriptor, the caller's to read and close. To be asked for once, before
     * {@link #start}, so that nothing is missed. The stream ends after {@link NodeEvent.Stopped}.
     */
    public int eventsFd() {
        return open("open the event stream", Natives::tailnet_events);
    }

    /**
     * Tells the node of this process's own proxies, before {@link #start}: when HTTPS_PROXY names one of them, the control
     * server is reached without it rather than in a circle.
     */
    public void setOwnProxies(List<InetSocketAddress> listeners) {
        checkOpen("set the node's own proxies");
        set("self-proxy", listeners.stream().map(TailnetNode::hostAndPort).collect(Collectors.joining(",")));
    }

    /**
     * Tells the node of this process's own DNS listeners, before {@link #start}: when the host's configuration names one of
     * them as a server, it is not asked, which would go on in a circle.
     */
    public void setOwnDnsListeners(List<InetSocketAddress> listeners) {
        checkOpen("set the node's own DNS listeners");
        set("self-dns", listeners.stream().map(TailnetNode::hostAndPort).collect(Collectors.joining(",")));
    }

    /**
     * Has a peer carry what the tailnet has no other route for, to be called before {@link #start}. The node uses it as soon
     * as it knows it and the peer offers to, which {@link NodeEvent.ExitNode} tells.
     *
     * @param peer its name, with or without the tailnet's domain, or one of its addresses
     */
    public void setExitNode(String peer) {
        checkOpen("set the exit node");
        set("exit-node", peer);
    }

    /** Sets preferences, before {@link #start}. */
    public void setPreferences(NodePreferences preferences) {
        checkOpen("set preferences");
        preferences.options().forEach(this::set);
    }

    /**
     * Logs in: before {@link #start} this is for when the start needs it, later it happens at once, though the node be up. What
     * comes of it is told by {@link NodeEvent.Notify}.
     *
     * @throws BridgeException {@link Code#NODE_DOWN} between the start and {@link NodeEvent.Started}
     */
    public void logIn(LoginCredential credential) {
        checkOpen("log in");
        check(credential.lend(text -> Natives.tailnet_login(handle, text)), "log in");
    }

    /**
     * Lets a user of this host change the node over {@link #serveLocalApi}, to be called before {@link #start}.
     *
     * @param user name or number
     */
    public void setOperator(String user) {
        checkOpen("set the operator");
        set("operator", user);
    }

    /**
     * Makes the node reach its control server and its relays through a proxy, before {@link #start}, in place of the one that
     * HTTPS_PROXY names.
     *
     * @param url http, socks5 or socks5h; user and password percent-encoded
     * @param except what it is not used for, in the syntax of NO_PROXY
     */
    public void setUpstreamProxy(String url, List<String> except) {
        checkOpen("set the upstream proxy");
        option(Natives.tailnet_set_option(handle, "upstream-proxy", url), "upstream-proxy");
        set("no-proxy", String.join(",", except));
    }

    /** Starts the node. {@link NodeEvent.Started} follows, then each {@link NodeEvent.Notify} of its life. */
    public void start() {
        checkOpen("start");
        check(Natives.tailnet_start(handle), "start");
    }

    /**
     * Opens a TCP connection. {@link NodeEvent.Dialed} follows once, within the timeout; the connection then waits for
     * {@link #relay(long, int, ByteBuffer, Duration) relay} or {@link #cancel}.
     *
     * @param id not in use
     */
    public void dial(long id, Via via, InetAddress ip, int port, Duration timeout) {
        checkOpen("dial");
        check(Natives.tailnet_dial(handle, id, via.number(), ip.getHostAddress(), port, millis(timeout)), "dial");
    }

    /**
     * Joins a client's socket to the connection dialed under the id and moves bytes until both directions have ended.
     * {@link NodeEvent.Closed} follows once. Each direction ends by itself (half-close); a reset is passed on as one.
     *
     * @param clientFd a connected socket, the library's from here on, whatever happens
     * @param early its remaining bytes go to the target first; neither changed nor kept
     * @param idle the tunnel ends when no byte has passed in either direction for so long; zero for never
     */
    public void relay(long id, int clientFd, ByteBuffer early, Duration idle) {
        byte[] bytes = bytes(early);
        check(Natives.tailnet_relay(handle, id, clientFd, bytes, length(bytes), millis(idle)), "relay");
    }

    /**
     * As {@link #relay(long, int, ByteBuffer, Duration)}, between two sockets that the caller connected.
     *
     * @param id not in use
     * @param targetFd a connected socket, the library's from here on, whatever happens
     * @param answer its remaining bytes, which the target has said already, go to the client first; neither changed nor kept
     */
    public void relay(long id, int clientFd, int targetFd, ByteBuffer early, ByteBuffer answer, Duration idle) {
        byte[] up = bytes(early);
        byte[] down = bytes(answer);
        check(
                Natives.tailnet_relay_fds(
                        handle, id, clientFd, targetFd, up, length(up), down, length(down), millis(idle)),
                "relay");
    }

    /**
     * Looks a name up, in the tailnet first, then as the host does. {@link NodeEvent.Resolved} follows once, within the
     * timeout.
     *
     * @param id not in use
     */
    public void resolve(long id, String name, Duration timeout) {
        checkName(name);
        check(Natives.tailnet_resolve(handle, id, name, millis(timeout)), "resolve");
    }

    /** As {@link #resolve}, in the tailnet only: {@link Code#NOT_OWNED} for a name that is not the tailnet's to know. */
    public void resolveInTailnet(long id, String name, Duration timeout) {
        checkName(name);
        check(Natives.tailnet_resolve_in_tailnet(handle, id, name, millis(timeout)), "resolve");
    }

    private void checkName(String name) {
        checkOpen("resolve");
        if (name.indexOf('\0') >= 0) {
            // C would look up what stands before it: not the name that was judged.
            throw new BridgeException(Code.INTERNAL, "cannot resolve: the name has a NUL in it");
        }
    }

    /**
     * Passes a DNS query (RFC 1035) to whom {@link #resolve} would ask for its name; in place of the host's ways, to the
     * servers of {@code /etc/resolv.conf}. {@link NodeEvent.Answered} follows once, within the timeout.
     *
     * @param id not in use
     */
    public void query(long id, byte[] message, Duration timeout) {
        checkOpen("query");
        check(Natives.tailnet_query(handle, id, message, message.length, millis(timeout)), "query");
    }

    /**
     * Ends whatever runs under the id: a lookup, query or dial reports {@link Code#CANCELLED}, a dialed connection is closed
     * without a report, a tunnel is reset and reports its end. Nothing happens when it has just ended by itself.
     */
    public void cancel(long id) {
        checkOpen("cancel");
        check(Natives.tailnet_cancel(handle, id), "cancel");
    }

    /**
     * Sets what the tailnet may connect to, all of it at once, before the start or at any time after. What is no longer
     * exposed takes no more connections; those it has go on. {@link NodeEvent.Accepted}, {@link NodeEvent.Rejected} and
     * {@link NodeEvent.Ended} tell what comes.
     *
     * @param lines as {@code tailnet_expose} of {@code tailnet_bridge.h} reads them
     * @throws BridgeException if one is wrong: it is named, and nothing has changed
     */
    public void expose(List<String> lines) {
        checkOpen("expose");
        String table = String.join("\n", lines);
        if (table.indexOf('\0') >= 0) {
            throw new BridgeException(Code.INTERNAL, "cannot expose: the table has a NUL in it");
        }
        check(Natives.tailnet_expose(handle, table), "expose");
    }

    /**
     * Says whether a connection that {@link NodeEvent.Asked} is about may come in; one that is open already is reset when it
     * may not. Nothing happens when it is gone.
     */
    public void judge(long id, boolean allowed) {
        checkOpen("judge");
        check(Natives.tailnet_judge(handle, id, allowed ? 1 : 0), "judge");
    }

    /** Says how the tailnet would carry packets to an address. */
    public TailnetRoute routeOf(InetAddress ip) {
        checkOpen("look up a route");
        ByteBuffer bytes = ByteBuffer.wrap(ip.getAddress());
        int route = bytes.remaining() == Integer.BYTES
                ? Natives.tailnet_route(handle, 0, IPV4_MAPPED | Integer.toUnsignedLong(bytes.getInt()))
                : Natives.tailnet_route(handle, bytes.getLong(), bytes.getLong());
        return TailnetRoute.of(check(route, "look up a route"));
    }

    /**
     * Opens a conduit for datagrams, whose {@linkplain DatagramFrame frames} go both ways. Closing it ends its flows, as does
     * the end of the node.
     *
     * @param maxFlows how many flows it may have at a time, at least 1
     * @return a non-blocking stream socket, the caller's to close
     */
    public int openDatagrams(int maxFlows) {
        return open("open a conduit for datagrams", handle -> Natives.tailnet_datagrams(handle, maxFlows));
    }

    /**
     * Opens a connection to the node's LocalAPI: HTTP/1.1, as the node itself, everything permitted.
     *
     * @return a non-blocking descriptor, the caller's to close
     * @throws BridgeException {@link Code#NODE_DOWN} before {@link NodeEvent.Started}
     */
    public int openLocalApi() {
        return open("open the LocalAPI", Natives::tailnet_localapi);
    }

    /**
     * Answers a client that has connected to a unix socket of the caller's, as tailscaled does on its own: the tailscale command
     * works there. Requests before {@link NodeEvent.Started} wait for it. Root, this process's user and the
     * {@linkplain #setOperator operator} may change the node.
     *
     * @param clientFd the library's from here on, whatever happens
     * @param others what everybody else may do
     */
    public void serveLocalApi(int clientFd, LocalApiPermission others) {
        check(Natives.tailnet_serve_localapi(handle, clientFd, others.number()), "serve the LocalAPI");
    }

    public Stats stats() {
        checkOpen("read statistics");
        long[] fields = new long[Stats.FIELDS];
        check(Natives.tailnet_stats(handle, fields), "read statistics");
        return Stats.of(fields);
    }

    /** What each open connection of a kind has moved so far. */
    public Traffic traffic(Traffic.Of which) {
        checkOpen("read the traffic");
        long[] fields = new long[Traffic.ROOM * Traffic.FIELDS];
        int open = traffic(which, fields);
        while (open * Traffic.FIELDS > fields.length) {
            fields = new long[(open + open / 4) * Traffic.FIELDS];
            open = traffic(which, fields);
        }
        return new Traffic(fields, open);
    }

    private int traffic(Traffic.Of which, long[] fields) {
        int capacity = fields.length / Traffic.FIELDS;
        return check(Natives.tailnet_traffic(handle, which.number(), fields, capacity), "read the traffic");
    }

    /**
     * Begins to close the node: its tunnels end, an ephemeral one logs out (for at most 5 s), then come
     * {@link NodeEvent.Stopped} and the end of the stream. Only the first call does anything.
     */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            check(Natives.tailnet_close(handle), "close the node");
        }
    }

    private static String hostAndPort(InetSocketAddress address) {
        String host = address.getAddress() == null
                ? address.getHostString()
                : address.getAddress().getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }

    /** The library's number of this node. */
    int handle() {
        return handle;
    }

    private int open(String what, IntUnaryOperator call) {
        checkOpen(what);
        return check(call.applyAsInt(handle), what);
    }

    private void checkOpen(String what) {
        if (closed.get()) {
            throw new BridgeException(Code.NODE_DOWN, "cannot " + what + ": the node is closed");
        }
    }

    /** Must run on the thread of the call whose result it is: the words belong to that thread's last failure. */
    private int check(int result, String what) {
        if (result >= 0) {
            return result;
        }
        throw failure(-result, what);
    }

    private BridgeException failure(int errno, String what) {
        byte[] buffer = new byte[ERROR_BYTES];
        int end = Natives.tailscale_errmsg(handle, buffer, buffer.length) == 0 ? terminator(buffer) : 0;
        String words = end == 0 ? Errno.describe(errno) : new String(buffer, 0, end, StandardCharsets.UTF_8);
        return new BridgeException(Errno.code(errno), "cannot " + what + ": " + words);
    }

    private static int terminator(byte[] buffer) {
        int end = 0;
        while (end < buffer.length && buffer[end] != 0) {
            end++;
        }
        return end;
    }

    private static byte @Nullable [] bytes(ByteBuffer buffer) {
        if (!buffer.hasRemaining()) {
            return null;
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private static int length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    /** Rounds up, so that a short time does not become none. */
    private static int millis(Duration duration) {
        if (duration.isNegative()) {
            return 0;
        }
        long millis = duration.compareTo(Duration.ofMillis(Integer.MAX_VALUE)) >= 0
                ? Integer.MAX_VALUE
                : duration.plusNanos(999_999).toMillis();
        return (int) millis;
    }
}
