package dev.tailnet.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailnet.testnet.Peer;
import dev.tailnet.testnet.TestAddresses;
import dev.tailnet.testnet.TestNetwork;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tunnels: what goes in at one end comes out at the other, and so does the way it ends. */
@ExtendWith(Tailnet.class)
class RelayIT {
    private static final Duration LONG = Duration.ofSeconds(15);
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private static RunningNode node;

    /** The ways a tunnel's far side comes about. */
    private enum Way {
        TAILNET(TestAddresses.SUBNET_HOST_IPV4),
        DIRECT(TestAddresses.DIRECT_HOST_IPV4),
        /** The caller connected the target itself. */
        OWN_FD(InetAddress.ofLiteral("127.0.0.1"));

        private final InetAddress address;

        Way(InetAddress address) {
            this.address = address;
        }
    }

    @BeforeAll
    static void start(TestNetwork network, Peer subnetRouter) throws Exception {
        node = RunningNode.withRoutes(network, "relay-node");
    }

    @AfterAll
    static void stop() throws Exception {
        node.close();
    }

    @ParameterizedTest
    @EnumSource
    void theClientEndsFirstAndStillHearsTheRest(Way way) throws Exception {
        try (Server server = Server.echo(way.address);
                Client client = Client.connect()) {
            String given = Posix.identity(client.fd());
            long id = open(way, server, client, NOTHING, Duration.ZERO);
            client.send("hello");
            assertThat(client.receive(5)).isEqualTo("hello");
            client.send(" again");
            client.finish();
            assertThat(client.receiveAll()).isEqualTo(" again|bye");
            assertThat(node.events().closed(id)).isEqualTo(new NodeEvent.Closed(id, Code.OK, 11, 15, ""));
            Await.until("the client's descriptor is closed", LONG, () -> !Posix.isOpen(given));
        }
    }

    @ParameterizedTest
    @EnumSource
    void theServerEndsFirstAndStillHearsTheRest(Way way) throws Exception {
        try (Client client = Client.connect();
                Server server = new Server(way.address, socket -> {
                    socket.getOutputStream().write("done".getBytes(StandardCharsets.UTF_8));
                    socket.shutdownOutput();
                    assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                            .isEqualTo("late words");
                })) {
            long id = open(way, server, client, NOTHING, Duration.ZERO);
            assertThat(client.receiveAll()).isEqualTo("done");
            client.send("late words");
            client.finish();
            assertThat(node.events().closed(id)).isEqualTo(new NodeEvent.Closed(id, Code.OK, 10, 4, ""));
        }
    }

    @ParameterizedTest
    @EnumSource
    void earlyDataComesBeforeTheRest(Way way) throws Exception {
        try (Server server = Server.echo(way.address);
                Client client = Client.connect()) {
            ByteBuffer early = ByteBuffer.allocateDirect(16).position(3);
            early.put("early ".getBytes(StandardCharsets.UTF_8)).flip().position(3);
            client.send("late");
            client.finish();
            long id = open(way, server, client, early, Duration.ZERO);
            assertThat(early.remaining()).isEqualTo(6);
            assertThat(client.receiveAll()).isEqualTo("early late|bye");
            assertThat(node.events().closed(id).bytesUp()).isEqualTo(10);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aServerMaySpeakFirst(Way way) throws Exception {
        try (Server server = Server.greeting(way.address);
                Client client = Client.connect()) {
            open(way, server, client, NOTHING, Duration.ZERO);
            assertThat(client.receive(10)).isEqualTo("220 ready\n");
            client.finish();
            assertThat(client.receiveAll()).isEmpty();
        }
    }

    /** Not through the tailnet here, because the peer's tailscaled ends what was reset in the ordinary way: see TwoNodesIT. */
    @ParameterizedTest
    @EnumSource(names = "TAILNET", mode = EnumSource.Mode.EXCLUDE)
    void theServersResetReachesTheClient(Way way) throws Exception {
        try (Server server = Server.resetting(way.address);
                Client client = Client.connect()) {
            long id = open(way, server, client, NOTHING, Duration.ZERO);
            client.send("x");
            assertThatThrownBy(() -> client.receive(1))
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
            assertThat(node.events().closed(id).code()).isEqualTo(Code.RESET);
        }
    }

    @ParameterizedTest
    @EnumSource(names = "TAILNET", mode = EnumSource.Mode.EXCLUDE)
    void theClientsResetReachesTheServer(Way way) throws Exception {
        var ends = new LinkedBlockingQueue<String>();
        try (Client client = Client.connect();
                Server server = new Server(way.address, socket -> {
                    socket.getOutputStream().write('!');
                    try {
                        ends.add("read " + socket.getInputStream().read());
                    } catch (IOException e) {
                        ends.add(String.valueOf(e.getMessage()));
                    }
                })) {
            long id = open(way, server, client, NOTHING, Duration.ZERO);
            assertThat(client.receive(1)).isEqualTo("!");
            client.reset();
            assertThat(ends.poll(15, TimeUnit.SECONDS)).contains("reset");
            assertThat(node.events().closed(id).code()).isEqualTo(Code.RESET);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anIdleTunnelEnds(Way way) throws Exception {
        try (Server server = Server.greeting(way.address);
                Client client = Client.connect()) {
            long id = open(way, server, client, NOTHING, Duration.ofMillis(500));
            assertThat(client.receive(10)).isEqualTo("220 ready\n");
            NodeEvent.Closed closed = node.events().closed(id);
            assertThat(closed.code()).isEqualTo(Code.IDLE);
            assertThat(closed.bytesDown()).isEqualTo(10);
        }
    }

    @Test
    void aTrickleKeepsATunnelFromBeingIdle() throws Exception {
        try (Server server = Server.echo(Way.DIRECT.address);
                Client client = Client.connect()) {
            long id = open(Way.DIRECT, server, client, NOTHING, Duration.ofMillis(500));
            long end = System.nanoTime() + Duration.ofMillis(1_200).toNanos();
            int rounds = 0;
            while (System.nanoTime() < end) {
                client.send("x");
                assertThat(client.receive(1)).isEqualTo("x");
                rounds++;
                LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            }
            client.finish();
            assertThat(client.receiveAll()).isEqualTo("|bye");
            assertThat(node.events().closed(id)).isEqualTo(new NodeEvent.Closed(id, Code.OK, rounds, rounds + 4, ""));
        }
    }

    @ParameterizedTest
    @EnumSource
    void cancellingATunnelResetsIt(Way way) throws Exception {
        try (Server server = Server.greeting(way.address);
                Client client = Client.connect()) {
            long id = open(way, server, client, NOTHING, Duration.ZERO);
            assertThat(client.receive(10)).isEqualTo("220 ready\n");
            node.node().cancel(id);
            NodeEvent.Closed closed = node.events().closed(id);
            assertThat(closed.code()).isEqualTo(Code.CANCELLED);
            assertThat(closed.bytesDown()).isEqualTo(10);
            assertThatThrownBy(() -> client.receive(1)).isInstanceOf(SocketException.class);
        }
    }

    /**
     * Each piece comes back before the next is sent: when both directions of a connection are full at once, netstack in the
     * peer may ignore the acknowledgements that would empty its own send buffer, and then nothing moves any more.
     */
    @ParameterizedTest
    @EnumSource
    void megabytesArriveWhole(Way way) throws Exception {
        int pieces = 32;
        byte[] sent = new byte[256 << 10];
        var random = new Random(7);
        try (Server server = Server.echo(way.address);
                Client client = Client.connect()) {
            long id = open(way, server, client, NOTHING, Duration.ZERO);
            InputStream in = client.socket().getInputStream();
            OutputStream out = client.socket().getOutputStream();
            for (int i = 0; i < pieces; i++) {
                random.nextBytes(sent);
                out.write(sent);
                assertThat(in.readNBytes(sent.length)).isEqualTo(sent);
            }
            client.finish();
            assertThat(in.readAllBytes()).isEqualTo("|bye".getBytes(StandardCharsets.UTF_8));
            long size = (long) pieces * sent.length;
            assertThat(node.events().closed(id)).isEqualTo(new NodeEvent.Closed(id, Code.OK, size, size + 4, ""));
        }
    }

    @Test
    void statisticsCountLiveTunnels() throws Exception {
        try (Server server = Server.greeting(Way.DIRECT.address);
                Client client = Client.connect()) {
            Stats before = node.node().stats();
            long id = open(Way.DIRECT, server, client, NOTHING, Duration.ZERO);
            assertThat(client.receive(10)).isEqualTo("220 ready\n");
            Stats during = node.node().stats();
            assertThat(during.tunnels()).isEqualTo(before.tunnels() + 1);
            client.finish();
            node.events().closed(id);
            Stats after = node.node().stats();
            assertThat(after.tunnels()).isEqualTo(before.tunnels());
            assertThat(after.bytesDown()).isEqualTo(before.bytesDown() + 10);
            assertThat(after.goHeapBytes()).isPositive();
            assertThat(after.goSystemBytes()).isGreaterThanOrEqualTo(after.goHeapBytes());
            assertThat(after.goroutines()).isPositive();
        }
    }

    @Test
    void aRelayOfNothingDialedClosesTheClient() throws Exception {
        try (Client client = Client.connect()) {
            assertThatThrownBy(() -> node.node().relay(RunningNode.newId(), client.fd(), NOTHING, Duration.ZERO))
                    .isInstanceOf(BridgeException.class);
            client.awaitEnd();
        }
    }

    private static long open(Way way, Server server, Client client, ByteBuffer early, Duration idle)
            throws IOException, InterruptedException {
        long id = RunningNode.newId();
        switch (way) {
            case TAILNET, DIRECT -> {
                Via via = way == Way.TAILNET ? Via.TAILNET : Via.DIRECT;
                node.node().dial(id, via, server.address(), server.port(), LONG);
                assertThat(node.events().dialed(id)).isEqualTo(new NodeEvent.Dialed(id, Code.OK, ""));
                node.node().relay(id, client.fd(), early, idle);
            }
            case OWN_FD ->
                node.node().relay(id, client.fd(), Posix.connectLoopback(server.port()), early, NOTHING, idle);
        }
        return id;
    }
}
