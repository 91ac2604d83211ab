package dev.tailnet.proxy.socks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailnet.proxy.audit.Closed;
import dev.tailnet.proxy.audit.Decision;
import dev.tailnet.proxy.datagram.DropReason;
import dev.tailnet.proxy.policy.Policy;
import dev.tailnet.proxy.policy.Verdict;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.ConnectRequest.Protocol;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.request.TunnelEnd;
import dev.tailnet.proxy.resolve.Resolution;
import dev.tailnet.proxy.testing.Eventually;
import dev.tailnet.proxy.testing.TestProxy;
import dev.tailnet.proxy.testing.TestProxy.Options;
import dev.tailnet.proxy.testing.UdpClient;
import dev.tailnet.proxy.testing.UdpEchoServer;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class UdpAssociationTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final int ROUNDS = 3_000;

    @ParameterizedTest
    @ValueSource(ints = {1, 1_200, 8_000, 65_497})
    void carriesDatagramsBothWays(int size) throws Exception {
        byte[] payload = new byte[size];
        new Random(size).nextBytes(payload);
        try (var target = new UdpEchoServer();
                var proxy = TestProxy.start();
                var client = UdpClient.associate(proxy.address())) {
            assertThat(client.relay().getAddress()).isEqualTo(proxy.address().getAddress());
            UdpClient.Answer answer = client.send(target.address(), payload).receive();
            assertThat(answer.payload()).isEqualTo(payload);
            assertThat(answer.from()).isEqualTo(target.address());
        }
    }

    @Test
    void carriesIpv6() throws Exception {
        try (var target = new UdpEchoServer(InetAddress.ofLiteral("::1"));
                var proxy = TestProxy.start();
                var client = UdpClient.associate(proxy.address())) {
            UdpClient.Answer answer = client.send(target.address(), "six").receive();
            assertThat(answer.from()).isEqualTo(target.address());
            assertThat(answer.text()).isEqualTo("six");
        }
    }

    @Test
    void decidesOnceForEachTarget() throws Exception {
        try (var one = new UdpEchoServer();
                var two = new UdpEchoServer();
                var proxy = TestProxy.start();
                var client = UdpClient.associate(proxy.address())) {
            proxy.resolver().add("echo.internal", LOOPBACK);
            for (int i = 0; i < 3; i++) {
                assertThat(client.send("Echo.internal.", one.address().getPort(), "one")
                                .receive()
                                .from())
                        .isEqualTo(one.address());
                assertThat(client.send(two.address(), "two").receive().from()).isEqualTo(two.address());
            }
            assertThat(proxy.resolver().asked()).containsExactly("echo.internal");
            assertThat(proxy.datagrams().opened()).containsExactly(one.address(), two.address());
            Decision first = proxy.audit().decision();
            assertThat(first.request().protocol()).isEqualTo(Protocol.SOCKS5_UDP);
            assertThat(first.request().client()).isEqualTo(new InetSocketAddress(LOOPBACK, client.port()));
            assertThat(first.request().target())
                    .hasToString("echo.internal:" + one.address().getPort());
            assertThat(first.established()).isTrue();
            assertThat(proxy.audit().decision().address()).isEqualTo(LOOPBACK);
            assertThat(proxy.audit().isEmpty()).isTrue();
            client.tcp().close();
            Closed closed = proxy.audit().close();
            assertThat(closed.end()).isEqualTo(new TunnelEnd(TunnelEnd.Cause.FINISHED, 9, 9, ""));
        }
    }

    @Test
    void keepsWhatComesWhileANameIsLookedUp() throws Exception {
        try (var target = new UdpEchoServer();
                var proxy = TestProxy.start();
                var client = UdpClient.associate(proxy.address())) {
            client.send("silent", target.address().getPort(), "first");
            client.send("silent", target.address().getPort(), "second");
            var lookup = proxy.resolver().nextUnanswered();
            Eventually.until(() -> proxy.counters().counts().associations() == 1);
            lookup.setSuccess(new Resolution(List.of(LOOPBACK), List.of(), null, "test", false));
            assertThat(client.receive().text()).isEqualTo("first");
            assertThat(client.receive().text()).isEqualTo("second");
        }
    }

    @Test
    void dropsWhatThePolicyRefuses() throws Exception {
        Policy policy = new Policy() {
            @Override
            public Verdict onTarget(ConnectRequest request) {
                return request.target().port() == 53 ? Verdict.refused("no-dns", "not here") : Verdict.allowed();
            }

            @Override
            public Verdict onAddress(
                    ConnectRequest request, List<String> alsoCalled, InetAddress address, Route route) {
                return Verdict.allowed();
            }
        };
        try (var target = new UdpEchoServer();
                var proxy = TestProxy.start(Options.DEFAULT.with(policy));
                var client = UdpClient.associate(proxy.address())) {
            for (int i = 0; i < 3; i++) {
                client.send("dns.internal", 53, "query");
            }
            assertThat(client.send(target.address(), "allowed").receive().text())
                    .isEqualTo("allowed");
            Decision denied = proxy.audit().decision();
            assertThat(denied.rule()).isEqualTo("no-dns");
            assertThat(denied.failure()).isNotNull();
            assertThat(proxy.audit().decision().established()).isTrue();
            assertThat(proxy.audit().isEmpty()).isTrue();
            assertThat(proxy.resolver().asked()).isEmpty();
            Eventually.until(() -> dropped(proxy, DropReason.NO_WAY) == 3);
        }
    }

    @Test
    void dropsWhatLeadsNowhere() throws Exception {
        try (var target = new UdpEchoServer();
                var proxy = TestProxy.start();
                var client = UdpClient.associate(proxy.address())) {
            proxy.datagrams().refuse(target.address());
            client.send(target.address(), "into the void").send("nowhere.internal", 7, "into the void");
            Decision unreachable = proxy.audit().decision();
            assertThat(unreachable.failure())
                    .extracting(ConnectFailure::reason)
                    .isEqualTo(FailureReason.NETWORK_UNREACHABLE);
            assertThat(proxy.audit().decision().failure())
                    .extracting(ConnectFailure::reason)
                    .isEqualTo(FailureReason.NAME_NOT_FOUND);
            Eventually.until(() -> dropped(proxy, DropReason.NO_WAY) == 2);
        }
    }

    @Test
    void hearsOnlyWhoSentFirst() throws Exception {
        try (var target = new UdpEchoServer();
                var proxy = TestProxy.start();
                var client = UdpClient.associate(proxy.address());
                var stranger = new DatagramSocket(0, LOOPBACK)) {
            client.send(target.address(), "mine").receive();
            byte[] datagram = datagram(target.address(), "theirs");
            stranger.send(new DatagramPacket(datagram, datagram.length, client.relay()));
            Eventually.until(() -> dropped(proxy, DropReason.WRONG_SOURCE) == 1);
            assertThat(client.send(target.address(), "mine").receive().text()).isEqualTo("mine");
            assertThat(target.received()).isEqualTo(2);
        }
    }

    @Test
    void holdsAClientToThePortItAnnounced() throws Exception {
        try (var target = new UdpEchoServer();
                var proxy = TestProxy.start();
                var announced = new DatagramSocket(0, LOOPBACK);
                var stranger = new DatagramSocket(0, LOOPBACK)) {
            byte[] request = ByteBuffer.allocate(7)
                    .put((byte) 1)
                    .put(LOOPBACK.getAddress())
                    .putShort((short) announced.getLocalPort())
                    .array();
            try (var client = UdpClient.associate(proxy.address(), announced, request)) {
                byte[] datagram = datagram(target.address(), "theirs");
                stranger.send(new DatagramPacket(datagram, datagram.length, client.relay()));
                Eventually.until(() -> dropped(proxy, DropReason.WRONG_SOURCE) == 1);
                assertThat(client.send(target.address(), "mine").receive().text())
                        .isEqualTo("mine");
            }
        }
    }

    @Test
    void takesAnAnnouncementThatCannotBeForNone() throws Exception {
        try (var target = new UdpEchoServer();
                var proxy = TestProxy.start();
                var socket = new DatagramSocket(0, LOOPBACK);
                var client = UdpClient.associate(
                        proxy.address(), socket, new byte[] {1, (byte) 192, (byte) 168, 1, 2, 0x12, 0x34});
                var named = UdpClient.associate(
                        proxy.address(), new DatagramSocket(0, LOOPBACK), new byte[] {3, 1, 'x', 0x12, 0x34})) {
            assertThat(client.send(target.address(), "hello").receive().text()).isEqualTo("hello");
            assertThat(named.send(target.address(), "hello").receive().text()).isEqualTo("hello");
        }
    }

    @Test
    void endsWithItsConnection() throws Exception {
        try (var target = new UdpEchoServer();
                var proxy = TestProxy.start();
                var client = UdpClient.associate(proxy.address())) {
            client.send(target.address(), "hello").receive();
            assertThat(proxy.server().counts().live()).isEqualTo(1);
            assertThat(proxy.counters().counts().associations()).isEqualTo(1);
            assertThat(proxy.counters().counts().flows()).isEqualTo(1);
            client.tcp().shutdownOutput();
            assertThat(client.tcp().readAll()).isEmpty();
            assertThat(proxy.audit().close().end()).isEqualTo(new TunnelEnd(TunnelEnd.Cause.FINISHED, 5, 5, ""));
            Eventually.until(() -> proxy.server().counts().live() == 0
                    && proxy.counters().counts().associations() == 0
                    && proxy.counters().counts().flows() == 0
                    && proxy.datagrams().conduits() == 0);
            // The socket is gone: its port is free for another.
            new DatagramSocket(client.relay().getPort(), LOOPBACK).close();
        }
    }

    @Test
    void endsWithTheServer() throws Exception {
        try (var proxy = TestProxy.start();
                var client = UdpClient.associate(proxy.address())) {
            assertThat(proxy.server().drain(Duration.ZERO).get()).isEqualTo(1);
            assertThat(client.tcp().readAll()).isEmpty();
        }
    }

    @Test
    void opensAnIdleTargetAnew() throws Exception {
        try (var target = new UdpEchoServer();
                var proxy = TestProxy.start();
                var client = UdpClient.associate(proxy.address())) {
            client.send(target.address(), "before").receive();
            proxy.datagrams().endIdle(target.address());
            assertThat(proxy.audit().close().end()).isEqualTo(new TunnelEnd(TunnelEnd.Cause.IDLE, 6, 6, "quiet"));
            assertThat(client.send(target.address(), "after").receive().text()).isEqualTo("after");
            proxy.datagrams().endConduits();
            assertThat(proxy.audit().close().end().cause()).isEqualTo(TunnelEnd.Cause.CANCELLED);
            assertThat(client.send(target.address(), "again").receive().text()).isEqualTo("again");
        }
    }

    @Test
    void countsWhatPassesAndWhatIsDropped() throws Exception {
        try (var target = new UdpEchoServer();
                var proxy = TestProxy.start();
                var client = UdpClient.associate(proxy.address())) {
            client.send(target.address(), "hello").receive();
            client.sendRaw(new byte[] {0, 0, 1, 1, 127, 0, 0, 1, 0, 7, 'x'});
            client.sendRaw(new byte[0]);
            client.sendRaw(new byte[] {0, 0, 0, 9, 127, 0, 0, 1, 0, 7, 'x'});
            client.sendRaw(new byte[] {0, 0, 0, 1, 127, 0, 0, 1, 0, 0, 'x'});
            Eventually.until(
                    () -> dropped(proxy, DropReason.FRAGMENT) == 1 && dropped(proxy, DropReason.MALFORMED) == 3);
            proxy.datagrams().fill();
            client.send(target.address(), "no room");
            Eventually.until(() -> dropped(proxy, DropReason.QUEUE_FULL) == 1);
            var counts = proxy.counters().counts();
            assertThat(counts.up()).isEqualTo(1);
            assertThat(counts.bytesUp()).isEqualTo(5);
            assertThat(counts.down()).isEqualTo(1);
            assertThat(counts.bytesDown()).isEqualTo(5);
        }
    }

    @Test
    void survivesGarbage() throws Exception {
        var random = new Random(0x7564_70L);
        try (var target = new UdpEchoServer();
                var proxy = TestProxy.start();
                var client = UdpClient.associate(proxy.address())) {
            client.send(target.address(), "hello").receive();
            // No mutant shall go to some real place.
            proxy.routes().put(LOOPBACK, Route.TAILNET);
            proxy.unownedByDefault();
            byte[] good = datagram(target.address(), "x");
            for (int round = 0; round < ROUNDS; round++) {
                byte[] bytes = random.nextBoolean() ? new byte[random.nextInt(300)] : good.clone();
                if (bytes != good && bytes.length != good.length) {
                    random.nextBytes(bytes);
                } else {
                    bytes[random.nextInt(8)] = (byte) random.nextInt();
                }
                client.sendRaw(bytes);
                if (round % 100 == 0) {
                    assertStillThere(client, target, "alive " + round);
                }
            }
            assertStillThere(client, target, "alive");
        }
    }

    @Test
    void isNotForOtherCommands() {
        assertThatThrownBy(() -> {
                    try (var proxy = TestProxy.start();
                            var client = UdpClient.associate(
                                    proxy.address(), new DatagramSocket(0, LOOPBACK), new byte[] {9, 0, 0, 0, 0, 0, 0
                                    })) {
                        assertThat(client).isNull();
                    }
                })
                .isInstanceOf(IOException.class)
                .hasMessageContaining("replied 8");
    }

    /** Mutants of the echoed datagram may come back as well. */
    private static void assertStillThere(UdpClient client, UdpEchoServer target, String word) throws IOException {
        client.send(target.address(), word);
        while (!client.receive().text().equals(word)) {
            Thread.onSpinWait();
        }
    }

    private static long dropped(TestProxy proxy, DropReason reason) {
        return proxy.counters().counts().dropped().getOrDefault(reason, 0L);
    }

    private static byte[] datagram(InetSocketAddress target, String payload) {
        return ByteBuffer.allocate(10 + payload.length())
                .putInt(1)
                .put(target.getAddress().getAddress())
                .putShort((short) target.getPort())
                .put(payload.getBytes(StandardCharsets.UTF_8))
                .array();
    }
}
