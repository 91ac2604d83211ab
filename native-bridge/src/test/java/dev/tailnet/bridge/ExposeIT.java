package dev.tailnet.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.TestNetwork;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one node exposes and the other reaches, by the events of the one. */
@ExtendWith(Tailnet.class)
class ExposeIT {
    private static final Duration LONG = Duration.ofSeconds(15);
    private static final Duration SHORT = Duration.ofSeconds(3);
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    private static RunningNode exposing;
    private static RunningNode dialing;
    private static List<InetAddress> exposingAt;
    private static List<InetAddress> dialingFrom;

    @BeforeAll
    static void start(TestNetwork network) throws Exception {
        String key = network.createAuthKey(AuthKeyOptions.ephemeralNode());
        NodeOptions open = RunningNode.options(network, "expose-exposing", key, true, null);
        exposing = RunningNode.start(new NodeOptions(
                        open.hostname(),
                        open.controlUrl(),
                        open.credential(),
                        true,
                        null,
                        open.runtimeDir(),
                        List.of(),
                        true,
                        true))
                .awaitRunning();
        dialing = RunningNode.ephemeral(network, "expose-dialing");
        exposingAt = exposing.addresses();
        dialingFrom = dialing.addresses();
        Await.until(
                "the nodes know one another",
                LONG,
                () -> dialing.node().routeOf(exposingAt.getFirst()) == TailnetRoute.PEER
                        && exposing.node().routeOf(dialingFrom.getFirst()) == TailnetRoute.PEER);
    }

    @AfterAll
    static void stop() throws Exception {
        dialing.close();
        exposing.close();
    }

    /** In one test, as it is about the order of things: shields up, exposed, replaced, shields up again. */
    @Test
    void whatIsExposedChangesWhileConnectionsGoOn() throws Exception {
        try (Server echo = Server.echo(LOOPBACK);
                Client client = Client.connect()) {
            exposing.node().expose(List.of());
            awaitDial(3000, Code.DENIED);

            exposing.node().expose(List.of("tcp 3000 127.0.0.1:" + echo.port()));
            awaitDial(3000, Code.OK);
            NodeEvent.Dialed dialed = dial(3000, LONG);
            dialing.node().relay(dialed.id(), client.fd(), ByteBuffer.allocate(0), Duration.ZERO);
            NodeEvent.Accepted accepted = exposing.events()
                    .await(NodeEvent.Accepted.class, event -> event.flow().port() == 3000, LONG);
            assertThat(accepted.flow().peer().getAddress()).isEqualTo(dialingFrom.getFirst());
            assertThat(accepted.flow().node()).startsWith("expose-dialing.");
            assertThat(accepted.flow().service()).isEqualTo(new InetSocketAddress(LOOPBACK, echo.port()));
            assertThat(dial(3001, LONG).code()).isEqualTo(Code.REFUSED);

            exposing.node().expose(List.of("tcp 3001 127.0.0.1:" + echo.port() + " proxy-protocol"));
            assertThat(dial(3000, LONG).code()).isEqualTo(Code.REFUSED);

            exposing.node().expose(List.of());
            awaitDial(3001, Code.DENIED);
            client.send("still there");
            client.finish();
            assertThat(client.receiveAll()).isEqualTo("still there|bye");
            assertThat(dialing.events().closed(dialed.id()).code()).isEqualTo(Code.OK);
            exposing.events().await(NodeEvent.Ended.class, event -> event.bytesUp() == 11, LONG);
            assertThat(exposing.node().stats().inbound().accepted()).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void datagrams(int family) throws Exception {
        try (var service = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
            service.setSoTimeout((int) LONG.toMillis());
            int port = 5353 + family;
            exposing.node().expose(List.of("udp " + port + " 127.0.0.1:" + service.getLocalPort()));
            int[] connection = new int[1];
            assertThat(CApi.tailscale_dial(
                            dialing.node().handle(), "udp", hostAndPort(exposingAt.get(family), port), connection))
                    .isZero();
            awaitFirstDatagram(connection[0], service);
            // Not 8,000 over IPv6: netstack's receive path takes the checksum of a first fragment for that of the
            // whole.
            for (int size : family == 0 ? new int[] {1, 1200, 8000} : new int[] {1, 1200}) {
                byte[] sent = new byte[size];
                Arrays.fill(sent, (byte) size);
                Posix.writeAll(connection[0], sent);
                DatagramPacket received = receive(service);
                assertThat(received.getLength()).isEqualTo(size);
                service.send(received);
                byte[] back = new byte[65_536];
                assertThat(Posix.awaitReadable(connection[0], LONG)).isTrue();
                assertThat(Posix.readSome(connection[0], back)).isEqualTo(size);
                assertThat(Arrays.copyOf(back, size)).isEqualTo(sent);
            }
            NodeEvent.Accepted accepted = exposing.events()
                    .await(NodeEvent.Accepted.class, event -> event.flow().port() == port, LONG);
            assertThat(accepted.flow().transport()).isEqualTo(Transport.UDP);
            assertThat(accepted.flow().peer().getAddress()).isEqualTo(dialingFrom.get(family));
            Posix.closeFd(connection[0]);
        }
    }

    @Test
    void aWrongLineChangesNothing() {
        assertThatThrownBy(() -> exposing.node().expose(List.of("tcp 1 localhost:1", "tcp 2 nowhere")))
                .isInstanceOf(BridgeException.class)
                .hasMessageContaining("tcp 2 nowhere");
        assertThatThrownBy(() -> exposing.node().expose(List.of("tcp 1 localhost:1\0")))
                .isInstanceOf(BridgeException.class)
                .hasMessageContaining("NUL");
    }

    /** The next datagram that is no question of {@link #awaitFirstDatagram}. */
    private static DatagramPacket receive(DatagramSocket service) throws IOException {
        while (true) {
            var received = new DatagramPacket(new byte[65_536], 65_536);
            service.receive(received);
            if (received.getLength() != 1 || received.getData()[0] != '?') {
                return received;
            }
        }
    }

    /** Until the shields are down datagrams are lost, as datagrams may be. */
    private static void awaitFirstDatagram(int connection, DatagramSocket service) throws IOException {
        service.setSoTimeout(200);
        var received = new DatagramPacket(new byte[16], 16);
        Await.until("a datagram comes through", LONG, () -> {
            try {
                Posix.writeAll(connection, new byte[] {'?'});
                service.receive(received);
                return true;
            } catch (IOException e) {
                return false;
            }
        });
        service.setSoTimeout((int) LONG.toMillis());
    }

    private static void awaitDial(int port, Code code) {
        Await.until("a dial of port " + port + " is " + code, LONG, () -> {
            try {
                NodeEvent.Dialed dialed = dial(port, SHORT);
                dialing.node().cancel(dialed.id());
                return dialed.code() == code;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static NodeEvent.Dialed dial(int port, Duration timeout) throws InterruptedException {
        long id = RunningNode.newId();
        dialing.node().dial(id, Via.TAILNET, exposingAt.getFirst(), port, timeout);
        return dialing.events().dialed(id);
    }

    private static String hostAndPort(InetAddress address, int port) {
        String literal = address.getHostAddress();
        return (address instanceof Inet6Address ? "[" + literal + "]" : literal) + ":" + port;
    }
}
