package dev.tailnet.proxy.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailnet.proxy.audit.Closed;
import dev.tailnet.proxy.audit.Decision;
import dev.tailnet.proxy.policy.Policy;
import dev.tailnet.proxy.policy.Verdict;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.request.TunnelEnd;
import dev.tailnet.proxy.testing.BlackholeServer;
import dev.tailnet.proxy.testing.TargetServer;
import dev.tailnet.proxy.testing.TestClient;
import dev.tailnet.proxy.testing.TestProxy;
import dev.tailnet.proxy.testing.TestProxy.Options;
import dev.tailnet.proxy.testing.TestResolver;
import dev.tailnet.proxy.testing.TestSockets;
import io.netty.util.concurrent.Promise;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ConnectFlowTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final InetAddress OTHER_LOOPBACK = InetAddress.ofLiteral("127.0.0.2");

    @Test
    void carriesBytesBothWays() throws Exception {
        try (var target = TargetServer.echo();
                var proxy = TestProxy.start();
                var client = TestClient.connect(proxy.address()).tunnel(target.socketAddress())) {
            client.send("ping");
            assertThat(client.readText(4)).isEqualTo("ping");
            client.shutdownOutput();
            assertThat(client.readAll()).isEmpty();

            Decision decision = proxy.audit().decision();
            assertThat(decision.established()).isTrue();
            assertThat(decision.route()).isEqualTo(Route.TAILNET);
            assertThat(decision.address()).isEqualTo(LOOPBACK);
            assertThat(decision.answeredBy()).isNull();
            assertThat(decision.dial()).isPositive();
            Closed closed = proxy.audit().close();
            assertThat(closed.end()).isEqualTo(new TunnelEnd(TunnelEnd.Cause.FINISHED, 4, 4, ""));
            assertThat(closed.request().id()).isEqualTo(decision.request().id());
            assertThat(proxy.tailnet().dialed()).containsExactly(target.socketAddress());
            assertThat(proxy.direct().dialed()).isEmpty();
        }
    }

    @Test
    void aNameIsLookedUpOnceAndItsAddressDialed() throws Exception {
        try (var target = TargetServer.echo();
                var proxy = TestProxy.start();
                var client = TestClient.connect(proxy.address())) {
            proxy.resolver().add("db.internal", LOOPBACK);
            client.greet().send(TestClient.socksConnect("DB.Internal.", target.port()));
            assertThat(client.readReply()).isZero();
            assertThat(proxy.resolver().asked()).containsExactly("db.internal");
            assertThat(proxy.audit().decision().answeredBy()).isEqualTo("test");
        }
    }

    @Test
    void everythingInOneSegmentReachesTheTarget() throws Exception {
        try (var target = TargetServer.echo();
                var proxy = TestProxy.start();
                var client = TestClient.connect(proxy.address())) {
            client.send(
                    TestClient.socksGreeting(),
                    TestClient.socksConnect(LOOPBACK, target.port()),
                    "early".getBytes(StandardCharsets.US_ASCII));
            client.readMethod();
            assertThat(client.readReply()).isZero();
            assertThat(client.readText(5)).isEqualTo("early");
        }
    }

    @Test
    void whereverAHandshakeIsSplitItsEarlyDataArrivesOnce() throws Exception {
        try (var target = TargetServer.answersAtTheEnd();
                var proxy = TestProxy.start()) {
            byte[] greeting = TestClient.socksGreeting();
            var all = new ByteArrayOutputStream();
            all.writeBytes(greeting);
            all.writeBytes(TestClient.socksConnect(LOOPBACK, target.port()));
            all.writeBytes("early".getBytes(StandardCharsets.US_ASCII));
            byte[] bytes = all.toByteArray();
            for (int at = 1; at < bytes.length; at++) {
                try (var client = TestClient.connect(proxy.address())) {
                    client.send(Arrays.copyOf(bytes, at));
                    if (at >= greeting.length) {
                        client.readMethod();
                    }
                    client.send(Arrays.copyOfRange(bytes, at, bytes.length));
                    if (at < greeting.length) {
                        client.readMethod();
                    }
                    assertThat(client.readReply()).isZero();
                    client.shutdownOutput();
                    assertThat(client.readAllText()).isEqualTo("early");
                }
            }
        }
    }

    @Test
    void earlyDataBehindAnHttpRequestReachesTheTarget() throws Exception {
        try (var target = TargetServer.echo();
                var proxy = TestProxy.start();
                var client = TestClient.connect(proxy.address())) {
            client.send(
                    TestClient.httpConnect("127.0.0.1:" + target.port()),
                    "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(client.readHead()).isEqualTo("HTTP/1.1 200 Connection established\r\n\r\n");
            assertThat(client.readText(18)).isEqualTo("GET / HTTP/1.1\r\n\r\n");
        }
    }

    @Test
    void muchEarlyDataArrivesWholeAndInOrder() throws Exception {
        byte[] data = new byte[3_000_000];
        new Random(1).nextBytes(data);
        try (var target = TargetServer.answersAtTheEnd();
                var proxy = TestProxy.start();
                var client = TestClient.connect(proxy.address())) {
            var sent = CompletableFuture.runAsync(() -> {
                try {
                    client.send(TestClient.httpConnect("127.0.0.1:" + target.port()), data)
                            .shutdownOutput();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            client.readHead();
            assertThat(Arrays.equals(client.readAll(), data)).isTrue();
            sent.join();
            assertThat(proxy.audit().close().end().bytesUp()).isEqualTo(data.length);
        }
    }

    @Test
    void earlyDataAndTheEndOfTheClientsSideDoNotEndTheDial() throws Exception {
        try (var target = TargetServer.answersAtTheEnd();
                var proxy = TestProxy.start();
                var client = TestClient.connect(proxy.address())) {
            proxy.readiness().setReady(false);
            client.send(TestClient.httpConnect("127.0.0.1:" + target.port())).send("all of it");
            client.shutdownOutput();
            proxy.readiness().nextWait().setSuccess(null);
            client.readHead();
            assertThat(client.readAllText()).isEqualTo("all of it");
        }
    }

    @Test
    void aServerThatSpeaksFirstIsHeard() throws Exception {
        try (var target = TargetServer.speaksFirst("SSH-2.0-test\r\n".getBytes(StandardCharsets.US_ASCII));
                var proxy = TestProxy.start();
                var client = TestClient.connect(proxy.address()).tunnel(target.socketAddress())) {
            assertThat(client.readText(14)).isEqualTo("SSH-2.0-test\r\n");
        }
    }

    @Test
    void theEndOfTheClientsSideReachesATargetThatAnswersOnlyThen() throws Exception {
        try (var target = TargetServer.answersAtTheEnd();
                var proxy = TestProxy.start();
                var client = TestClient.connect(proxy.address()).tunnel(target.socketAddress())) {
            client.send("question").shutdownOutput();
            assertThat(client.readAllText()).isEqualTo("question");
        }
    }

    @Test
    void aResetOfTheTargetArrivesAsAReset() throws Exception {
        try (var target = TargetServer.resets();
                var proxy = TestProxy.start();
                var client = TestClient.connect(proxy.address()).tunnel(target.socketAddress())) {
            client.send("x");
            assertThatThrownBy(client::readAll).isInstanceOf(SocketException.class);
            assertThat(proxy.audit().close().end().cause()).isEqualTo(TunnelEnd.Cause.RESET);
        }
    }

    @Test
    void aRefusedPortIsSaidSo() throws Exception {
        // Bound and not listening: refuses, and nobody else can take the port.
        try (var bound = new Socket();
                var proxy = TestProxy.start();
                var socks = TestClient.connect(proxy.address());
                var http = TestClient.connect(proxy.address())) {
            bound.bind(new InetSocketAddress(LOOPBACK, 0));
            int port = bound.getLocalPort();
            socks.greet().send(TestClient.socksConnect(LOOPBACK, port));
            assertThat(socks.readReply()).isEqualTo(5);
            assertThat(socks.readAll()).isEmpty();
            http.send(TestClient.httpConnect("127.0.0.1:" + port));
            assertThat(http.readAllText())
                    .startsWith("HTTP/1.1 502 Bad Gateway\r\n")
                    .contains("Proxy-Status: tailnet-agent; error=connection_refused; details=\"");
            assertThat(failure(proxy.audit().decision()).reason()).isEqualTo(FailureReason.CONNECTION_REFUSED);
        }
    }

    @Test
    void anErrorReachesAClientThatHasSentEarlyData() throws Exception {
        try (var proxy = TestProxy.start();
                var client = TestClient.connect(proxy.address())) {
            client.send(TestClient.httpConnect("nowhere.internal:443"), new byte[200_000]);
            assertThat(client.readAllText())
                    .startsWith("HTTP/1.1 502 Bad Gateway\r\n")
                    .contains("error=dns_error")
                    .contains("tailnet-agent: nowhere.internal has no address");
        }
    }

    @Test
    void aBlackholeTimesOutWithinTheDialsDeadline() throws Exception {
        try (var blackhole = BlackholeServer.start();
                var proxy = TestProxy.start(Options.DEFAULT.dialTimeout(Duration.ofMillis(300)));
                var client = TestClient.connect(proxy.address())) {
            client.greet()
                    .send(TestClient.socksConnect(LOOPBACK, blackhole.address().getPort()));
            assertThat(client.readReply()).isEqualTo(6);
        }
    }

    @Test
    void aClientThatVanishesCancelsTheDial() throws Exception {
        try (var blackhole = BlackholeServer.start();
                var proxy = TestProxy.start()) {
            for (boolean reset : List.of(false, true)) {
                var client = TestClient.connect(proxy.address());
                client.greet()
                        .send(TestClient.socksConnect(
                                LOOPBACK, blackhole.address().getPort()));
                while (proxy.server().counts().waiting() == 0) {
                    Thread.onSpinWait();
                }
                if (reset) {
                    client.reset();
                } else {
                    client.close();
                }
                assertThat(failure(proxy.audit().decision()).reason()).isEqualTo(FailureReason.CANCELLED);
                while (proxy.server().counts().live() > 0) {
                    Thread.onSpinWait();
                }
            }
        }
    }

    @Test
    void aClientThatVanishesCancelsTheLookup() throws Exception {
        try (var proxy = TestProxy.start()) {
            var client = TestClient.connect(proxy.address());
            client.greet().send(TestClient.socksConnect(TestResolver.SILENT, 80));
            Promise<?> lookup = proxy.resolver().nextUnanswered();
            client.close();
            lookup.awaitUninterruptibly();
            assertThat(lookup.isCancelled()).isTrue();
            assertThat(failure(proxy.audit().decision()).reason()).isEqualTo(FailureReason.CANCELLED);
            assertThat(proxy.tailnet().dialed()).isEmpty();
        }
    }

    @Test
    void aConnectionWaitsForTheNodeAndThenGetsItsReason() throws Exception {
        try (var target = TargetServer.echo();
                var proxy = TestProxy.start();
                var lucky = TestClient.connect(proxy.address());
                var unlucky = TestClient.connect(proxy.address())) {
            proxy.readiness().setReady(false);
            lucky.greet().send(TestClient.socksConnect(LOOPBACK, target.port()));
            Promise<Void> luckyWait = proxy.readiness().nextWait();
            unlucky.send(TestClient.httpConnect("db.internal:5432"));
            proxy.readiness()
                    .nextWait()
                    .setFailure(new ConnectFailure(FailureReason.NODE_NOT_READY, "auth key rejected: expired"));
            assertThat(unlucky.readAllText())
                    .startsWith("HTTP/1.1 503 Service Unavailable\r\n")
                    .endsWith("auth key rejected: expired\n");
            assertThat(proxy.resolver().asked()).isEmpty();
            luckyWait.setSuccess(null);
            assertThat(lucky.readReply()).isZero();
            assertThat(proxy.audit().decision().established()).isFalse();
            assertThat(proxy.audit().decision().waited()).isPositive();
        }
    }

    @Test
    void aRefusedNameIsNeverLookedUp() throws Exception {
        Policy noNames = new Policy() {
            @Override
            public Verdict onTarget(ConnectRequest request) {
                return Verdict.refused("test", "no names today");
            }

            @Override
            public Verdict onAddress(ConnectRequest request, InetAddress address, Route route) {
                return Verdict.allowed();
            }
        };
        try (var proxy = TestProxy.start(Options.DEFAULT.with(noNames));
                var client = TestClient.connect(proxy.address())) {
            client.send(TestClient.httpConnect("example.com:443"));
            assertThat(client.readAllText())
                    .startsWith("HTTP/1.1 403 Forbidden\r\n")
                    .endsWith("no names today\n");
            assertThat(proxy.resolver().asked()).isEmpty();
            assertThat(proxy.audit().decision().rule()).isEqualTo("test");
        }
    }

    @Test
    void eachAddressIsJudgedAndOnlyAllowedOnesAreDialed() throws Exception {
        Policy notTheFirst = new Policy() {
            @Override
            public Verdict onTarget(ConnectRequest request) {
                return Verdict.allowed();
            }

            @Override
            public Verdict onAddress(ConnectRequest request, InetAddress address, Route route) {
                return address.equals(OTHER_LOOPBACK)
                        ? Verdict.refused("test", address.getHostAddress() + " is refused")
                        : Verdict.allowed();
            }
        };
        try (var target = TargetServer.echo();
                var proxy = TestProxy.start(Options.DEFAULT.with(notTheFirst));
                var client = TestClient.connect(proxy.address());
                var refused = TestClient.connect(proxy.address())) {
            proxy.resolver().add("both.internal", OTHER_LOOPBACK, LOOPBACK);
            proxy.resolver().add("bad.internal", OTHER_LOOPBACK);
            client.greet().send(TestClient.socksConnect("both.internal", target.port()));
            assertThat(client.readReply()).isZero();
            assertThat(proxy.tailnet().dialed()).containsExactly(target.socketAddress());
            refused.greet().send(TestClient.socksConnect("bad.internal", target.port()));
            assertThat(refused.readReply()).isEqualTo(2);
        }
    }

    @Test
    void theTailnetsAddressesAreTriedFirstThenTheOthers() throws Exception {
        try (var target = TargetServer.echo();
                var proxy = TestProxy.start();
                var client = TestClient.connect(proxy.address())) {
            proxy.routes().put(LOOPBACK, Route.DIRECT);
            proxy.resolver().add("both.internal", LOOPBACK, OTHER_LOOPBACK);
            client.greet().send(TestClient.socksConnect("both.internal", target.port()));
            assertThat(client.readReply()).isZero();
            assertThat(proxy.tailnet().dialed()).containsExactly(new InetSocketAddress(OTHER_LOOPBACK, target.port()));
            assertThat(proxy.direct().dialed()).containsExactly(target.socketAddress());
            Duration first = proxy.tailnet().timeouts().getFirst();
            assertThat(first).isLessThanOrEqualTo(Timeouts.DEFAULT.dial().dividedBy(2));
            assertThat(proxy.audit().decision().route()).isEqualTo(Route.DIRECT);
        }
    }

    @Test
    void anAddressThatNobodyInTheTailnetHasIsNotDialed() throws Exception {
        try (var proxy = TestProxy.start();
                var client = TestClient.connect(proxy.address())) {
            InetAddress unowned = InetAddress.ofLiteral("100.64.0.99");
            proxy.routes().put(unowned, Route.UNOWNED);
            client.send(TestClient.httpConnect("100.64.0.99:80"));
            assertThat(client.readAllText())
                    .startsWith("HTTP/1.1 502 Bad Gateway\r\n")
                    .contains("error=destination_ip_unroutable");
            assertThat(proxy.tailnet().dialed()).isEmpty();
            assertThat(proxy.direct().dialed()).isEmpty();
            assertThat(failure(proxy.audit().decision()).reason()).isEqualTo(FailureReason.NOT_ON_TAILNET);
        }
    }

    @Test
    void aFaultOfTheSurroundingsIsAnAnswerNotAHang() throws Exception {
        Policy broken = new Policy() {
            @Override
            public Verdict onTarget(ConnectRequest request) {
                throw new IllegalStateException("broken policy");
            }

            @Override
            public Verdict onAddress(ConnectRequest request, InetAddress address, Route route) {
                return Verdict.allowed();
            }
        };
        try (var proxy = TestProxy.start(Options.DEFAULT.with(broken));
                var client = TestClient.connect(proxy.address())) {
            client.send(TestClient.httpConnect("example.com:443"));
            assertThat(client.readAllText()).startsWith("HTTP/1.1 500 Internal Server Error\r\n");
        }
    }

    @Test
    void withoutADescriptorForTheTunnelTheClientIsToldSo() throws Exception {
        var options = Options.DEFAULT.with(TestSockets.exhausted());
        try (var target = TargetServer.echo();
                var proxy = TestProxy.start(options);
                var client = TestClient.connect(proxy.address())) {
            client.send(TestClient.httpConnect("127.0.0.1:" + target.port()));
            assertThat(client.readAllText())
                    .startsWith("HTTP/1.1 503 Service Unavailable\r\n")
                    .endsWith("too many open files\n");
            assertThat(failure(proxy.audit().decision()).reason()).isEqualTo(FailureReason.RESOURCES);
        }
    }

    @Test
    void whatIsCutByADrainIsNotBlamedOnTheClient() throws Exception {
        try (var proxy = TestProxy.start();
                var client = TestClient.connect(proxy.address())) {
            client.greet().send(TestClient.socksConnect(TestResolver.SILENT, 80));
            Promise<?> lookup = proxy.resolver().nextUnanswered();
            proxy.server().drain(Duration.ZERO).sync();
            assertThat(failure(proxy.audit().decision())).hasMessage("the agent is stopping");
            assertThat(lookup.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(lookup.isCancelled()).isTrue();
        }
    }

    @Test
    void manyTunnelsAtOnceKeepTheirBytesApart() throws Exception {
        try (var target = TargetServer.echo();
                var proxy = TestProxy.start()) {
            List<CompletableFuture<Boolean>> clients = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                byte[] data = new byte[20_000];
                new Random(i).nextBytes(data);
                clients.add(CompletableFuture.supplyAsync(() -> {
                    try (var client = TestClient.connect(proxy.address()).tunnel(target.socketAddress())) {
                        client.send(data).shutdownOutput();
                        return Arrays.equals(client.readAll(), data);
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                }));
            }
            assertThat(clients).allMatch(CompletableFuture::join);
            for (int i = 0; i < clients.size(); i++) {
                assertThat(proxy.audit().close().end().cause()).isEqualTo(TunnelEnd.Cause.FINISHED);
            }
            assertThat(proxy.server().counts().live()).isZero();
        }
    }

    private static ConnectFailure failure(Decision decision) {
        return Objects.requireNonNull(decision.failure(), "an established tunnel");
    }
}
