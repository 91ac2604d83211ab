package dev.tailnet.agent.status;

import dev.tailnet.agent.metrics.Metrics;
import dev.tailnet.agent.metrics.Sources;
import dev.tailnet.proxy.datagram.DatagramCounters;
import dev.tailnet.proxy.dns.DnsCounts;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.resolve.CacheCounts;
import dev.tailnet.proxy.resolve.Resolver;
import dev.tailnet.proxy.resolve.Resolvers;
import dev.tailnet.proxy.server.EventLoops;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The endpoint of a {@link FakeAgent}, whose node answers what a test wants. */
final class FakeStatusServer implements AutoCloseable {
    private static final Resolver NO_NAMES =
            (name, timeout, executor) -> executor.newFailedFuture(new IOException("no names here"));

    private static final int TIMEOUT_MILLIS = 10_000;

    final FakeAgent agent = new FakeAgent();
    /** As the LocalAPI has it; null while there is no node. */
    volatile @Nullable String nodeStatus;

    private final EventLoops loops;
    private final StatusServer server;
    private final InetSocketAddress address;

    FakeStatusServer() throws Exception {
        this(0);
    }

    FakeStatusServer(int port) throws Exception {
        loops = EventLoops.open(1);
        var localApi = new LocalApi(loops.group(), () -> null) {
            @Override
            public Future<byte[]> get(String path, EventExecutor executor) {
                String told = nodeStatus;
                return told == null
                        ? super.get(path, executor)
                        : executor.newSucceededFuture(told.getBytes(StandardCharsets.UTF_8));
            }

            @Override
            Future<byte[]> post(String path, EventExecutor executor) {
                return executor.newSucceededFuture("{\"LatencySeconds\":0.0042}".getBytes(StandardCharsets.UTF_8));
            }
        };
        server = new StatusServer(
                loops.group(),
                agent,
                localApi,
                new NameLookup(new Resolvers(NO_NAMES, NO_NAMES), ip -> Route.TAILNET),
                new Metrics(new Sources(
                        agent::nodeState,
                        agent::self,
                        agent::connections,
                        agent::nodeSample,
                        agent::inbound,
                        () -> new CacheCounts(0, 0, 0, 0),
                        () -> DnsCounts.NONE,
                        new DatagramCounters()::counts,
                        () -> null)),
                (client, target) -> false,
                Map.of(),
                Clock.systemUTC());
        address = server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    int port() {
        return address.getPort();
    }

    /** Where a browser finds it. */
    String url() {
        return "http://127.0.0.1:" + address.getPort() + "/";
    }

    /** Sends a GET with further header fields, each ended by CR LF, and returns the connection. */
    Socket open(String path, String fields) throws IOException {
        var client = new Socket();
        client.connect(address, TIMEOUT_MILLIS);
        client.setSoTimeout(TIMEOUT_MILLIS);
        client.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\n" + (fields.contains("Host:") ? "" : "Host: localhost\r\n")
                                + fields + "\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return client;
    }

    /** A whole answer. */
    String get(String path, String fields) throws IOException {
        try (Socket client = open(path, fields)) {
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        server.close();
        loops.close();
    }
}
