package dev.tailnet.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailnet.proxy.dns.DnsFrontEnd;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.testing.TestProxy;
import dev.tailnet.proxy.testing.TestResolver;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DnsServerTest {
    private static final int TIMEOUT_MILLIS = 10_000;

    /** Asks for the IPv4 address of {@code db}. */
    private static final byte[] QUERY = HexFormat.of().parseHex("abcd01000001000000000000026462000001" + "0001");

    private static final byte[] ANSWER = HexFormat.of()
            .parseHex("abcd81800001000100000000026462000001" + "0001" + "0264620000010001" + "00000005" + "0004"
                    + "64400007");

    private final TestResolver resolver = new TestResolver();
    private EventLoops loops;
    private DnsServer server;
    private InetSocketAddress address;

    @BeforeEach
    @SuppressWarnings("NullAway")
    void start() throws Exception {
        loops = EventLoops.open(1);
        server = DnsServer.bind(loops, List.of(any()), frontEnd());
        address = server.listeners().getFirst();
        resolver.add("db", InetAddress.ofLiteral("100.64.0.7"));
    }

    @AfterEach
    void stop() {
        server.close();
        loops.close();
    }

    @Test
    void answersOverUdp() throws IOException {
        try (var socket = new DatagramSocket()) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.send(new DatagramPacket(QUERY, QUERY.length, address));
            var packet = new DatagramPacket(new byte[512], 512);
            socket.receive(packet);

            assertThat(Arrays.copyOf(packet.getData(), packet.getLength())).isEqualTo(ANSWER);
            assertThat(packet.getSocketAddress()).isEqualTo(address);
        }
    }

    @Test
    void answersSeveralOverOneTcpConnection() throws IOException {
        try (var socket = new Socket(address.getAddress(), address.getPort())) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            var out = new DataOutputStream(socket.getOutputStream());
            var in = new DataInputStream(socket.getInputStream());
            for (int i = 0; i < 3; i++) {
                out.writeShort(QUERY.length);
                out.write(QUERY);
                assertThat(in.readNBytes(in.readUnsignedShort())).isEqualTo(ANSWER);
            }
        }
    }

    @Test
    void opensAllOrNone() throws Exception {
        assertThatThrownBy(() -> DnsServer.bind(loops, List.of(any(), address), frontEnd()))
                .isInstanceOf(BindFailure.class)
                .hasMessageContaining("127.0.0.1:" + address.getPort())
                .hasMessageContaining("in use");

        server.close();
        try (var again = DnsServer.bind(loops, List.of(address), frontEnd())) {
            assertThat(again.listeners()).containsExactly(address);
        }
    }

    private DnsFrontEnd frontEnd() {
        return new DnsFrontEnd(
                TestProxy.ALLOW_ALL,
                resolver.resolvers(),
                (query, timeout, executor) -> executor.newFailedFuture(new IOException("nobody to ask")),
                address -> Route.DIRECT,
                () -> true);
    }

    private static InetSocketAddress any() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }
}
