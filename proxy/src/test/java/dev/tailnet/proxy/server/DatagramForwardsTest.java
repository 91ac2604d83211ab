package dev.tailnet.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailnet.proxy.datagram.DropReason;
import dev.tailnet.proxy.forward.ForwardSpec;
import dev.tailnet.proxy.forward.ForwardSpec.Protocol;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.Target;
import dev.tailnet.proxy.request.TunnelEnd;
import dev.tailnet.proxy.testing.Eventually;
import dev.tailnet.proxy.testing.TestProxy;
import dev.tailnet.proxy.testing.UdpEchoServer;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DatagramForwardsTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    private TestProxy proxy;
    private Forwards forwards;
    private UdpEchoServer target;

    @BeforeEach
    void start() throws Exception {
        proxy = TestProxy.start();
        forwards = proxy.server().forwards();
        proxy.resolver().add("dns", LOOPBACK);
        target = new UdpEchoServer(LOOPBACK);
    }

    @AfterEach
    void stop() {
        target.close();
        proxy.close();
    }

    private static ForwardSpec forward(int port, String host, int targetPort) {
        return new ForwardSpec(
                Protocol.UDP, new InetSocketAddress(LOOPBACK, port), new Target(new Host.Name(host), targetPort));
    }

    /** Opens one to the target. */
    private InetSocketAddress open() throws BindFailure {
        forwards.apply(List.of(forward(0, "dns", target.address().getPort())));
        return forwards.open().getFirst().listen();
    }

    private static DatagramSocket client() throws IOException {
        var client = new DatagramSocket(0, LOOPBACK);
        client.setSoTimeout(10_000);
        return client;
    }

    private static int freePort() throws IOException {
        try (var probe = client()) {
            return probe.getLocalPort();
        }
    }

    private static void send(DatagramSocket client, InetSocketAddress to, String text) throws IOException {
        byte[] payload = text.getBytes(StandardCharsets.US_ASCII);
        client.send(new DatagramPacket(payload, payload.length, to));
    }

    private static String receive(DatagramSocket client, InetSocketAddress from) throws IOException {
        var packet = new DatagramPacket(new byte[65_535], 65_535);
        client.receive(packet);
        assertThat(packet.getSocketAddress()).isEqualTo(from);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.US_ASCII);
    }

    private static String exchange(DatagramSocket client, InetSocketAddress forward, String text) throws IOException {
        send(client, forward, text);
        return receive(client, forward);
    }

    @Test
    void carriesDatagramsAndAnswersAndLooksTheNameUpForEachClient() throws Exception {
        var forward = open();
        for (int i = 1; i <= 2; i++) {
            try (var client = client()) {
                assertThat(exchange(client, forward, "one")).isEqualTo("one");
                assertThat(exchange(client, forward, "two")).isEqualTo("two");
                assertThat(exchange(client, forward, "3".repeat(65_507))).hasSize(65_507);
                var decision = proxy.audit().decision();
                assertThat(decision.established()).isTrue();
                assertThat(decision.request().protocol()).isEqualTo(ConnectRequest.Protocol.FORWARD_UDP);
                assertThat(decision.request().client()).isEqualTo(client.getLocalSocketAddress());
                assertThat(decision.request().target())
                        .isEqualTo(new Target(
                                new Host.Name("dns"), target.address().getPort()));
            }
            assertThat(proxy.resolver().asked()).hasSize(i);
        }
        assertThat(proxy.audit().isEmpty()).isTrue();
    }

    @Test
    void eachClientGetsItsOwnAnswers() throws Exception {
        var forward = open();
        try (var one = client();
                var two = client()) {
            for (int i = 0; i < 10; i++) {
                send(one, forward, "one" + i);
                send(two, forward, "two" + i);
                assertThat(receive(two, forward)).isEqualTo("two" + i);
                assertThat(receive(one, forward)).isEqualTo("one" + i);
            }
        }
        assertThat(proxy.datagrams().opened()).hasSize(2);
        assertThat(proxy.counters().counts().flows()).isEqualTo(2);
    }

    @Test
    void aFlowThatWasQuietForTooLongBeginsAnew() throws Exception {
        var forward = open();
        try (var client = client()) {
            assertThat(exchange(client, forward, "a")).isEqualTo("a");
            proxy.datagrams().endIdle(target.address());
            assertThat(proxy.audit().close().end()).isEqualTo(new TunnelEnd(TunnelEnd.Cause.IDLE, 1, 1, "quiet"));
            assertThat(exchange(client, forward, "b")).isEqualTo("b");
        }
        assertThat(proxy.datagrams().opened()).hasSize(2);
    }

    @Test
    void whatHasNoTargetIsDroppedAndAudited() throws Exception {
        forwards.apply(List.of(forward(0, "nowhere", 53)));
        try (var client = client()) {
            send(client, forwards.open().getFirst().listen(), "a");
            assertThat(proxy.audit().failure().reason()).isEqualTo(FailureReason.NAME_NOT_FOUND);
        }
        Eventually.until(() -> proxy.counters().counts().dropped().getOrDefault(DropReason.NO_WAY, 0L) == 1);
    }

    @Test
    void removalStopsIt() throws Exception {
        var forward = open();
        try (var client = client()) {
            assertThat(exchange(client, forward, "four")).isEqualTo("four");
            forwards.apply(List.of());
            assertThat(forwards.open()).isEmpty();
            assertThat(proxy.audit().close().end()).isEqualTo(new TunnelEnd(TunnelEnd.Cause.FINISHED, 4, 4, ""));
            new DatagramSocket(forward).close();
        }
        Eventually.until(() -> proxy.counters().counts().flows() == 0);
        Eventually.until(() -> proxy.datagrams().conduits() == 0);
    }

    @Test
    void aNewTargetIsForTheNextClient() throws Exception {
        int port = freePort();
        var forward = new InetSocketAddress(LOOPBACK, port);
        try (var before = client();
                var after = client();
                var other = new UdpEchoServer(LOOPBACK)) {
            forwards.apply(List.of(forward(port, "dns", target.address().getPort())));
            assertThat(exchange(before, forward, "a")).isEqualTo("a");
            forwards.apply(List.of(forward(port, "dns", other.address().getPort())));
            assertThat(exchange(after, forward, "b")).isEqualTo("b");
            assertThat(other.received()).isEqualTo(1);
            assertThat(exchange(before, forward, "c")).isEqualTo("c");
            assertThat(target.received()).isEqualTo(2);
        }
    }

    @Test
    void aTakenPortLeavesAllAsItWas() throws Exception {
        int kept = freePort();
        var before = List.of(forward(kept, "dns", target.address().getPort()));
        forwards.apply(before);
        try (var taken = client()) {
            var wanted = List.of(forward(kept, "dns", 1), forward(taken.getLocalPort(), "dns", 1));
            assertThatThrownBy(() -> forwards.apply(wanted))
                    .isInstanceOf(BindFailure.class)
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort());
        }
        assertThat(forwards.open()).isEqualTo(before);
        try (var client = client()) {
            assertThat(exchange(client, new InetSocketAddress(LOOPBACK, kept), "a"))
                    .isEqualTo("a");
        }
    }

    @Test
    void aServerThatStopsAcceptingClosesIt() throws Exception {
        var forward = open();
        try (var client = client()) {
            assertThat(exchange(client, forward, "a")).isEqualTo("a");
            proxy.server().stopAccepting().sync();
            assertThat(proxy.audit().close().end().cause()).isEqualTo(TunnelEnd.Cause.FINISHED);
        }
    }
}
