package dev.tailnet.proxy.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.policy.Policy;
import dev.tailnet.proxy.policy.Verdict;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.testing.BlackholeServer;
import dev.tailnet.proxy.testing.TargetServer;
import dev.tailnet.proxy.testing.TestClient;
import dev.tailnet.proxy.testing.TestProxy;
import dev.tailnet.proxy.testing.TestProxy.Options;
import dev.tailnet.proxy.testing.TestResolver;
import dev.tailnet.proxy.testing.TestSockets;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that come to nothing: each has its reason, at the client and in the audit. */
@Timeout(30)
class ConnectFaultsTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

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
            assertThat(proxy.audit().failure().reason()).isEqualTo(FailureReason.CONNECTION_REFUSED);
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
                assertThat(proxy.audit().failure().reason()).isEqualTo(FailureReason.CANCELLED);
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
            assertThat(proxy.audit().failure().reason()).isEqualTo(FailureReason.CANCELLED);
            assertThat(proxy.tailnet().dialed()).isEmpty();
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
            public Verdict onAddress(
                    ConnectRequest request, List<String> alsoCalled, InetAddress address, Route route) {
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
            assertThat(proxy.audit().failure().reason()).isEqualTo(FailureReason.RESOURCES);
        }
    }

    @Test
    void whatIsCutByADrainIsNotBlamedOnTheClient() throws Exception {
        try (var proxy = TestProxy.start();
                var client = TestClient.connect(proxy.address())) {
            client.greet().send(TestClient.socksConnect(TestResolver.SILENT, 80));
            Promise<?> lookup = proxy.resolver().nextUnanswered();
            proxy.server().drain(Duration.ZERO).sync();
            assertThat(proxy.audit().failure()).hasMessage("the agent is stopping");
            assertThat(lookup.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(lookup.isCancelled()).isTrue();
        }
    }
}
