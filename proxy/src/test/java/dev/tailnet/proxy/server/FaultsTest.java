package dev.tailnet.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.connect.Timeouts;
import dev.tailnet.proxy.connection.Counts;
import dev.tailnet.proxy.connection.Rejection;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.testing.TargetServer;
import dev.tailnet.proxy.testing.TestClient;
import dev.tailnet.proxy.testing.TestProxy;
import dev.tailnet.proxy.testing.TestProxy.Options;
import dev.tailnet.proxy.testing.TestResolver;
import dev.tailnet.proxy.testing.TestUsers;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that are slow, leave or break off at any stage, and steps that never end: each costs its own connection and nothing else. */
@Timeout(60)
class FaultsTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final Duration SHORT = Duration.ofMillis(300);

    private static Timeouts shortTimeouts() {
        return new Timeouts(SHORT, SHORT, SHORT, Duration.ZERO);
    }

    @Test
    void aResolverThatNeverAnswersIsATimeout() throws Exception {
        try (var proxy = TestProxy.start(Options.DEFAULT.with(shortTimeouts()));
                var http = TestClient.connect(proxy.address());
                var socks = TestClient.connect(proxy.address())) {
            http.send(TestClient.httpConnect(TestResolver.SILENT + ":80"));
            assertThat(http.readAllText())
                    .startsWith("HTTP/1.1 504 Gateway Timeout\r\n")
                    .contains("error=dns_timeout");
            var lookup = proxy.resolver().nextUnanswered();
            lookup.awaitUninterruptibly();
            assertThat(lookup.isCancelled()).isTrue();
            socks.greet().send(TestClient.socksConnect(TestResolver.SILENT, 80));
            assertThat(socks.readReply()).isEqualTo(6);
            assertThat(proxy.audit().failure().reason()).isEqualTo(FailureReason.RESOLUTION_TIMEOUT);
            assertThat(proxy.tailnet().dialed()).isEmpty();
        }
    }

    @Test
    void aDialerThatNeverAnswersIsATimeout() throws Exception {
        try (var proxy = TestProxy.start(Options.DEFAULT.with(shortTimeouts()));
                var client = TestClient.connect(proxy.address())) {
            proxy.tailnet().silence();
            client.send(TestClient.httpConnect("127.0.0.1:80"));
            assertThat(client.readAllText())
                    .startsWith("HTTP/1.1 504 Gateway Timeout\r\n")
                    .contains("error=connection_timeout");
            var dial = proxy.tailnet().nextUnanswered();
            dial.awaitUninterruptibly();
            assertThat(dial.isCancelled()).isTrue();
            assertThat(proxy.audit().failure().reason()).isEqualTo(FailureReason.TIMEOUT);
        }
    }

    @Test
    void aNodeWhoseStateNeverComesIsSaidSo() throws Exception {
        try (var proxy = TestProxy.start(Options.DEFAULT.with(shortTimeouts()));
                var client = TestClient.connect(proxy.address())) {
            proxy.readiness().setReady(false);
            client.send(TestClient.httpConnect("127.0.0.1:80"));
            assertThat(client.readAllText()).startsWith("HTTP/1.1 503 Service Unavailable\r\n");
            assertThat(proxy.audit().failure().reason()).isEqualTo(FailureReason.NODE_NOT_READY);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void clientsThatVanishDuringTheDialCancelIt(boolean byReset) throws Exception {
        try (var proxy = TestProxy.start()) {
            proxy.tailnet().silence();
            int clients = 20;
            for (int i = 0; i < clients; i++) {
                var client = TestClient.connect(proxy.address());
                client.send(
                        i % 2 == 0 ? TestClient.httpConnect("127.0.0.1:80") : TestClient.socks4Connect(LOOPBACK, 80));
                var dial = proxy.tailnet().nextUnanswered();
                leave(client, byReset);
                dial.awaitUninterruptibly();
                assertThat(dial.isCancelled()).isTrue();
            }
            await(proxy, counts -> counts.live() == 0);
            assertThat(proxy.tailnet().cancelled()).isEqualTo(clients);
            assertThat(proxy.tailnet().dialed()).hasSize(clients);
        }
    }

    /** Everything a client has to say to get a tunnel, one byte less each time. */
    @ParameterizedTest
    @ValueSource(strings = {"socks5", "socks5 with password", "socks4", "socks4a", "http"})
    void aClientThatBreaksOffAtAnyByteLeavesNothingBehind(String protocol) throws Exception {
        byte[] handshake = handshake(protocol);
        Options options = protocol.contains("password") ? Options.DEFAULT.with(new TestUsers()) : Options.DEFAULT;
        try (var proxy = TestProxy.start(options)) {
            for (int length = 0; length < handshake.length; length++) {
                var resets = TestClient.connect(proxy.address()).send(Arrays.copyOf(handshake, length));
                var leaves = TestClient.connect(proxy.address()).send(Arrays.copyOf(handshake, length));
                var ends = TestClient.connect(proxy.address()).send(Arrays.copyOf(handshake, length));
                resets.reset();
                leaves.close();
                ends.shutdownOutput().readAll();
                ends.close();
            }
            await(proxy, counts -> counts.live() == 0);
            assertThat(proxy.tailnet().dialed()).isEmpty();
            assertThat(proxy.audit().isEmpty()).isTrue();
        }
    }

    private static byte[] handshake(String protocol) {
        return switch (protocol) {
            case "socks5" -> concatenated(TestClient.socksGreeting(), TestClient.socksConnect("db.internal", 5432));
            case "socks5 with password" ->
                concatenated(
                        TestClient.socksPassword(TestUsers.USER, TestUsers.PASSWORD),
                        TestClient.socksConnect("db.internal", 5432));
            case "socks4" -> TestClient.socks4Connect(LOOPBACK, 5432);
            case "socks4a" -> TestClient.socks4Connect("db.internal", 5432);
            default -> TestClient.httpConnect("db.internal:5432");
        };
    }

    private static byte[] concatenated(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    @Test
    void aResetInTheTunnelEndsBothSides() throws Exception {
        try (var target = TargetServer.echo();
                var proxy = TestProxy.start()) {
            var client = TestClient.connect(proxy.address()).tunnel(target.socketAddress());
            client.send("x").reset();
            proxy.audit().close();
            await(proxy, counts -> counts.live() == 0);
            while (target.open() > 0) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void aClientThatLeavesAtTheReplyLeavesNothingBehind() throws Exception {
        try (var target = TargetServer.echo();
                var proxy = TestProxy.start()) {
            for (int i = 0; i < 50; i++) {
                var client = TestClient.connect(proxy.address());
                client.send(TestClient.httpConnect("127.0.0.1:" + target.port()));
                // Anywhere between the dial and the tunnel.
                for (int spins = ThreadLocalRandom.current().nextInt(20_000); spins > 0; spins--) {
                    Thread.onSpinWait();
                }
                client.reset();
            }
            await(proxy, counts -> counts.live() == 0);
            while (target.open() > 0) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void slowClientsEndAtTheirDeadlineAndHoldNobodyUp() throws Exception {
        var limits = new Limits(Duration.ofMillis(700), 1_000, 0, 32_768);
        try (var target = TargetServer.echo();
                var proxy = TestProxy.start(Options.DEFAULT.with(limits))) {
            byte[] request =
                    ("CONNECT a:1 HTTP/1.1\r\nX-Slow: " + "x".repeat(10_000)).getBytes(StandardCharsets.US_ASCII);
            List<TestClient> slow = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                slow.add(TestClient.connect(proxy.address()));
            }
            await(proxy, counts -> counts.handshaking() == slow.size());
            for (int at = 0; at < request.length && proxy.server().counts().handshaking() > 0; at++) {
                for (TestClient client : slow) {
                    drip(client, request[at]);
                }
                if (at % 20 == 0) {
                    try (var healthy = TestClient.connect(proxy.address()).tunnel(target.socketAddress())) {
                        healthy.send("x");
                        assertThat(healthy.readText(1)).isEqualTo("x");
                    }
                }
            }
            await(proxy, counts -> counts.live() == 0);
            assertThat(proxy.server().counts().rejected(Rejection.HANDSHAKE_TIMEOUT))
                    .isEqualTo(slow.size());
            for (TestClient client : slow) {
                client.close();
            }
        }
    }

    private static void drip(TestClient client, byte next) {
        try {
            client.send(new byte[] {next});
        } catch (IOException e) {
            // Its time is up.
        }
    }

    @Test
    void aRefusedClientThatDoesNotReadItsAnswerIsClosedAllTheSame() throws Exception {
        try (var proxy = TestProxy.start();
                var client = TestClient.connect(proxy.address())) {
            client.send("hello\r\n\r\n");
            await(proxy, counts -> counts.accepted() == 1 && counts.live() == 0);
        }
    }

    private static void leave(TestClient client, boolean byReset) throws IOException {
        if (byReset) {
            client.reset();
        } else {
            client.close();
        }
    }

    private static void await(TestProxy proxy, Predicate<Counts> condition) {
        while (!condition.test(proxy.server().counts())) {
            if (Thread.interrupted()) {
                throw new AssertionError(proxy.server().counts());
            }
            Thread.onSpinWait();
        }
    }
}
