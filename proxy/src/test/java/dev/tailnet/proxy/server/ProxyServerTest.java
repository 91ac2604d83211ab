package dev.tailnet.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailnet.proxy.auth.Authenticator;
import dev.tailnet.proxy.connection.Counts;
import dev.tailnet.proxy.connection.Rejection;
import dev.tailnet.proxy.request.TunnelEnd;
import dev.tailnet.proxy.testing.TargetServer;
import dev.tailnet.proxy.testing.TestChannel;
import dev.tailnet.proxy.testing.TestClient;
import dev.tailnet.proxy.testing.TestProxy;
import dev.tailnet.proxy.testing.TestProxy.Options;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ProxyServerTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    @Test
    void countsConnectionsByPhase() throws Exception {
        try (var target = TargetServer.echo();
                var proxy = TestProxy.start();
                var client = TestClient.connect(proxy.address())) {
            await(proxy, counts -> counts.handshaking() == 1);
            client.greet();
            proxy.readiness().setReady(false);
            client.send(TestClient.socksConnect(LOOPBACK, target.port()));
            var wait = proxy.readiness().nextWait();
            await(proxy, counts -> counts.waiting() == 1 && counts.handshaking() == 0);
            wait.setSuccess(null);
            assertThat(client.readReply()).isZero();
            await(proxy, counts -> counts.tunnels() == 1 && counts.live() == 1);
            client.close();
            await(proxy, counts -> counts.live() == 0);
        }
    }

    @Test
    void aSlowHandshakeEndsAtItsDeadline() throws Exception {
        var limits = new Limits(Duration.ofMillis(500), 10, 0, 32_768);
        try (var proxy = TestProxy.start(Options.DEFAULT.with(limits));
                var http = TestClient.connect(proxy.address()).send("CONNECT example.com:443 HTTP/1.1\r\n");
                var socks = TestClient.connect(proxy.address()).send(new byte[] {5, 1});
                var silent = TestClient.connect(proxy.address())) {
            assertThat(http.readAllText()).startsWith("HTTP/1.1 408 Request Timeout\r\n");
            assertThat(socks.readAll()).isEmpty();
            assertThat(silent.readAll()).isEmpty();
            http.close();
            await(proxy, counts -> counts.live() == 0);
        }
    }

    @Test
    void connectionsBeyondTheLimitAreToldSoUntilThereIsRoom() throws Exception {
        var limits = new Limits(Duration.ofSeconds(10), 1, 0, 32_768);
        try (var target = TargetServer.echo();
                var proxy = TestProxy.start(Options.DEFAULT.with(limits))) {
            try (var first = TestClient.connect(proxy.address()).tunnel(target.socketAddress());
                    var http = TestClient.connect(proxy.address());
                    var socks = TestClient.connect(proxy.address());
                    var socks4 = TestClient.connect(proxy.address())) {
                assertThat(http.send(TestClient.httpConnect("127.0.0.1:" + target.port()))
                                .readAllText())
                        .startsWith("HTTP/1.1 503 Service Unavailable\r\n")
                        .contains("Proxy-Status: tailnet-agent; error=connection_limit_reached; details=\"1 ");
                socks.greet().send(TestClient.socksConnect(LOOPBACK, target.port()));
                assertThat(socks.readReply()).isEqualTo(1);
                socks4.send(TestClient.socks4Connect(LOOPBACK, target.port()));
                assertThat(socks4.read(8)).startsWith(0, 91);
                first.send("x");
                assertThat(first.readText(1)).isEqualTo("x");
            }
            await(proxy, counts -> counts.live() == 0);
            assertThat(proxy.server().counts().rejected(Rejection.MAX_CONNECTIONS))
                    .isEqualTo(3);
            try (var third = TestClient.connect(proxy.address()).tunnel(target.socketAddress())) {
                third.send("y");
                assertThat(third.readText(1)).isEqualTo("y");
            }
        }
    }

    @Test
    void aChangedLimitHoldsForTheNextConnection() throws Exception {
        try (var target = TargetServer.echo();
                var proxy = TestProxy.start();
                var first = TestClient.connect(proxy.address()).tunnel(target.socketAddress())) {
            proxy.server().limit(new Limits(Duration.ofSeconds(10), 10, 1, 1024));
            try (var second = TestClient.connect(proxy.address())) {
                second.send(TestClient.httpConnect("127.0.0.1:" + target.port()));
                assertThat(second.readAllText()).startsWith("HTTP/1.1 503 ").contains("this client has 1 ");
            }
            first.send("x");
            assertThat(first.readText(1)).isEqualTo("x");
        }
    }

    @Test
    void anIdleConnectionDoesNotHoldADrainUp() throws Exception {
        try (var proxy = TestProxy.start();
                var idle = TestClient.connect(proxy.address())) {
            await(proxy, counts -> counts.handshaking() == 1);
            assertThat(proxy.server().drain(Duration.ofHours(1)).sync().getNow())
                    .isZero();
            assertThat(idle.readAll()).isEmpty();
        }
    }

    @Test
    void aDrainWaitsForTheTunnelsAndLetsNobodyIn() throws Exception {
        try (var target = TargetServer.echo();
                var proxy = TestProxy.start();
                var client = TestClient.connect(proxy.address()).tunnel(target.socketAddress())) {
            InetSocketAddress address = proxy.address();
            Future<Integer> drained = proxy.server().drain(Duration.ofSeconds(20));
            proxy.server().stopAccepting().sync();
            assertThatThrownBy(() -> TestClient.connect(address)).isInstanceOf(ConnectException.class);
            client.send("last words");
            assertThat(client.readText(10)).isEqualTo("last words");
            assertThat(drained.isDone()).isFalse();
            client.close();
            assertThat(drained.sync().getNow()).isZero();
        }
    }

    @Test
    void aDrainCutsWhatDoesNotEnd() throws Exception {
        try (var target = TargetServer.echo();
                var proxy = TestProxy.start();
                var tunnel = TestClient.connect(proxy.address()).tunnel(target.socketAddress());
                var handshaking = TestClient.connect(proxy.address()).greet()) {
            assertThat(proxy.server().drain(Duration.ofMillis(50)).sync().getNow())
                    .isEqualTo(2);
            assertThatThrownBy(tunnel::readAll).isInstanceOf(SocketException.class);
            assertThat(handshaking.readAll()).isEmpty();
            assertThat(proxy.audit().close().end().cause()).isEqualTo(TunnelEnd.Cause.CANCELLED);
            assertThat(proxy.server().counts().live()).isZero();
        }
    }

    @Test
    void aDrainOfNothingIsDoneAtOnce() throws Exception {
        try (var proxy = TestProxy.start()) {
            assertThat(proxy.server().drain(Duration.ofHours(1)).sync().getNow())
                    .isZero();
        }
    }

    @Test
    void aPortInUseIsOneSentenceAndLeavesNothingOpen() throws Exception {
        try (var loops = EventLoops.open(1);
                var taken = new ServerSocket(0, 1, LOOPBACK)) {
            int free;
            try (var probe = new ServerSocket(0, 1, LOOPBACK)) {
                free = probe.getLocalPort();
            }
            List<ListenerSpec> specs = List.of(mixed(LOOPBACK, free), mixed(LOOPBACK, taken.getLocalPort()));
            assertThatThrownBy(() -> bind(loops, specs))
                    .isInstanceOf(BindFailure.class)
                    .hasMessageStartingWith("cannot listen on 127.0.0.1:" + taken.getLocalPort()
                            + ": the port is in use by another process");
            // All or nothing: the first listener's port is free again.
            new ServerSocket(free, 1, LOOPBACK).close();
        }
    }

    @Test
    void anAddressThatIsNotOursIsOneSentence() throws Exception {
        try (var loops = EventLoops.open(1)) {
            assertThatThrownBy(() -> bind(loops, List.of(mixed(InetAddress.ofLiteral("192.0.2.1"), 0))))
                    .isInstanceOf(BindFailure.class)
                    .hasMessage(
                            "cannot listen on 192.0.2.1:0: no interface of this host has that address; choose one of"
                                    + " `ip addr`");
            var unresolved = new ListenerSpec(
                    ListenerSpec.Kind.MIXED, InetSocketAddress.createUnresolved("nowhere.invalid", 1055));
            assertThatThrownBy(() -> bind(loops, List.of(unresolved)))
                    .isInstanceOf(BindFailure.class)
                    .hasMessage(
                            "cannot listen on nowhere.invalid:1055: the host name does not resolve; give an address");
        }
    }

    @Test
    void aListenerOfOneKindSpeaksOnlyThat() throws Exception {
        try (var socks = TestProxy.start(Options.DEFAULT.with(ListenerSpec.Kind.SOCKS5));
                var http = TestProxy.start(Options.DEFAULT.with(ListenerSpec.Kind.HTTP));
                var wrongForSocks = TestClient.connect(socks.address());
                var wrongForHttp = TestClient.connect(http.address());
                var rightForSocks = TestClient.connect(socks.address());
                var rightForHttp = TestClient.connect(http.address())) {
            wrongForSocks.send("CONNECT a:1 HTTP/1.1\r\n\r\n");
            assertThat(wrongForSocks.readAll()).isEqualTo(new byte[] {5, (byte) 0xff});
            wrongForHttp.send(TestClient.socksGreeting()).shutdownOutput();
            assertThat(wrongForHttp.readAllText()).startsWith("HTTP/1.1 400 ");
            rightForSocks.greet();
            rightForHttp.send(TestClient.httpConnect("no.such.name:1"));
            assertThat(rightForHttp.readHead()).startsWith("HTTP/1.1 502 ");
        }
    }

    private static ListenerSpec mixed(InetAddress address, int port) {
        return new ListenerSpec(ListenerSpec.Kind.MIXED, new InetSocketAddress(address, port));
    }

    private static ProxyServer bind(EventLoops loops, List<ListenerSpec> specs) throws IOException {
        var channel = new TestChannel();
        return ProxyServer.bind(
                loops, specs, channel.connector(), channel.datagrams(), Authenticator.NONE, Limits.DEFAULT);
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
