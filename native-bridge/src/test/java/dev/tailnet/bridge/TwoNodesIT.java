package dev.tailnet.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.TestNetwork;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two nodes in this process; one accepts by the functions of {@code tailscale.h}, the other dials by either interface. */
@ExtendWith(Tailnet.class)
class TwoNodesIT {
    private static final Duration LONG = Duration.ofSeconds(15);

    private static RunningNode listening;
    private static RunningNode dialing;
    private static List<InetAddress> listeningAt;
    private static List<InetAddress> dialingFrom;

    @BeforeAll
    static void start(TestNetwork network) throws Exception {
        listening = RunningNode.ephemeral(network, "two-listening");
        dialing = RunningNode.ephemeral(network, "two-dialing");
        listeningAt = listening.addresses();
        dialingFrom = dialing.addresses();
        Await.until(
                "the nodes know one another",
                LONG,
                () -> dialing.node().routeOf(listeningAt.getFirst()) == TailnetRoute.PEER
                        && listening.node().routeOf(dialingFrom.getFirst()) == TailnetRoute.PEER);
    }

    @AfterAll
    static void stop() throws Exception {
        dialing.close();
        listening.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aTunnelFromOneToTheOther(int family) throws Exception {
        int port = 7_100 + family;
        int listener = listen(port);
        var server = CompletableFuture.supplyAsync(() -> serveEcho(listener));
        try (Client client = Client.connect()) {
            long id = RunningNode.newId();
            dialing.node().dial(id, Via.TAILNET, listeningAt.get(family), port, LONG);
            assertThat(dialing.events().dialed(id)).isEqualTo(new NodeEvent.Dialed(id, Code.OK, ""));
            dialing.node().relay(id, client.fd(), utf8("early "), Duration.ZERO);
            client.send("words");
            client.finish();
            assertThat(client.receiveAll()).isEqualTo("early words|bye");
            assertThat(dialing.events().closed(id)).isEqualTo(new NodeEvent.Closed(id, Code.OK, 11, 15, ""));
            assertThat(server.get(15, TimeUnit.SECONDS))
                    .isEqualTo(dialingFrom.get(family).getHostAddress());
        } finally {
            Posix.closeFd(listener);
        }
    }

    @Test
    void aResetPassesAsAReset() throws Exception {
        int listener = listen(7_120);
        try (Client client = Client.connect()) {
            long id = tunnel(client, 7_120);
            int accepted = accept(listener);
            client.send("never read");
            assertThat(Posix.awaitReadable(accepted, LONG)).isTrue();
            // What the kernel makes of closing a socket with bytes still in it.
            Posix.closeFd(accepted);
            assertThatThrownBy(() -> client.receive(1))
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
            assertThat(dialing.events().closed(id).code()).isEqualTo(Code.RESET);
        }
        try (Client client = Client.connect()) {
            long id = tunnel(client, 7_120);
            int accepted = accept(listener);
            Posix.writeAll(accepted, new byte[] {'!'});
            assertThat(client.receive(1)).isEqualTo("!");
            client.reset();
            assertThat(dialing.events().closed(id).code()).isEqualTo(Code.RESET);
            assertThat(Posix.awaitReadable(accepted, LONG)).isTrue();
            Posix.closeFd(accepted);
        } finally {
            Posix.closeFd(listener);
        }
    }

    @Test
    void theDescriptorsOfDialAndAccept() throws Exception {
        int listener = listen(7_110);
        var server = CompletableFuture.supplyAsync(() -> serveEcho(listener));
        int[] connection = new int[1];
        String target = listeningAt.getFirst().getHostAddress() + ":7110";
        assertThat(CApi.tailscale_dial(dialing.node().handle(), "tcp", target, connection))
                .isZero();
        Posix.writeAll(connection[0], "half".getBytes(StandardCharsets.UTF_8));
        Posix.finishWriting(connection[0]);
        assertThat(readAll(connection[0])).isEqualTo("half|bye");
        Posix.closeFd(connection[0]);
        assertThat(server.get(15, TimeUnit.SECONDS))
                .isEqualTo(dialingFrom.getFirst().getHostAddress());
        Posix.closeFd(listener);
    }

    @Test
    void addressesAsText() {
        byte[] buffer = new byte[256];
        assertThat(CApi.tailscale_getips(listening.node().handle(), buffer, buffer.length))
                .isZero();
        assertThat(text(buffer).split(","))
                .containsExactlyInAnyOrder(
                        listeningAt.stream().map(TwoNodesIT::withoutZeros).toArray(String[]::new));
    }

    @Test
    void aBadKeyThroughUp(TestNetwork network) throws Exception {
        String key = network.createAuthKey(AuthKeyOptions.singleUse());
        network.expireAuthKey(key);
        try (TailnetNode node = TailnetNode.create(RunningNode.options(network, "two-bad-key", key, true, null))) {
            assertThat(CApi.tailscale_set_logfd(node.handle(), -1)).isZero();
            assertThat(CApi.tailscale_up(node.handle())).isNotZero();
            byte[] words = new byte[512];
            assertThat(Natives.tailscale_errmsg(node.handle(), words, words.length))
                    .isZero();
            assertThat(text(words)).contains("expired").doesNotContain(key);
        }
    }

    @Test
    void closeEndsUp() throws Exception {
        var options = new NodeOptions(
                "two-unreachable",
                URI.create("http://127.0.0.1:9"),
                null,
                true,
                null,
                Path.of(System.getProperty("java.io.tmpdir")),
                List.of(),
                true,
                true);
        TailnetNode node = TailnetNode.create(options);
        try (Events events = new Events(node.eventsFd())) {
            var up = CompletableFuture.supplyAsync(() -> CApi.tailscale_up(node.handle()));
            events.await(NodeEvent.Log.class, line -> true, LONG);
            assertThat(up).isNotDone();
            node.close();
            assertThat(up.get(8, TimeUnit.SECONDS)).isNotZero();
            events.awaitEnd(LONG);
        }
    }

    private static int listen(int port) {
        int[] listener = new int[1];
        assertThat(CApi.tailscale_listen(listening.node().handle(), "tcp", ":" + port, listener))
                .isZero();
        return listener[0];
    }

    private static int accept(int listener) {
        int[] connection = new int[1];
        assertThat(CApi.tailscale_accept(listener, connection)).isZero();
        return connection[0];
    }

    private static long tunnel(Client client, int port) throws InterruptedException {
        long id = RunningNode.newId();
        dialing.node().dial(id, Via.TAILNET, listeningAt.getFirst(), port, LONG);
        assertThat(dialing.events().dialed(id)).isEqualTo(new NodeEvent.Dialed(id, Code.OK, ""));
        dialing.node().relay(id, client.fd(), ByteBuffer.allocate(0), Duration.ZERO);
        return id;
    }

    /** Echoes one connection to its end, adds a word, and tells where it came from. */
    private static String serveEcho(int listener) {
        try {
            int[] connection = new int[1];
            if (CApi.tailscale_accept(listener, connection) != 0) {
                throw new IOException("tailscale_accept failed");
            }
            byte[] address = new byte[64];
            if (CApi.tailscale_getremoteaddr(listener, connection[0], address, address.length) != 0) {
                throw new IOException("tailscale_getremoteaddr failed");
            }
            String heard = readAll(connection[0]);
            Posix.writeAll(connection[0], (heard + "|bye").getBytes(StandardCharsets.UTF_8));
            Posix.closeFd(connection[0]);
            return InetAddress.ofLiteral(text(address)).getHostAddress();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String readAll(int fd) throws IOException {
        var all = new ByteArrayOutputStream();
        byte[] buffer = new byte[4096];
        while (Posix.awaitReadable(fd, LONG)) {
            int count = Posix.readSome(fd, buffer);
            if (count < 0) {
                return all.toString(StandardCharsets.UTF_8);
            }
            all.write(buffer, 0, count);
        }
        throw new IOException("no end after " + LONG);
    }

    private static String withoutZeros(InetAddress address) {
        return address.getHostAddress().replaceFirst("(:0)+:", "::");
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(byte[] buffer) {
        return new String(buffer, StandardCharsets.UTF_8).split("\0", 2)[0];
    }
}
