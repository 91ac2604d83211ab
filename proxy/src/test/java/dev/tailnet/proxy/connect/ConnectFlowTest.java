package dev.tailnet.proxy.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.audit.Closed;
import dev.tailnet.proxy.audit.Decision;
import dev.tailnet.proxy.policy.Policy;
import dev.tailnet.proxy.policy.Verdict;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.request.TunnelEnd;
import dev.tailnet.proxy.testing.TargetServer;
import dev.tailnet.proxy.testing.TestClient;
import dev.tailnet.proxy.testing.TestProxy;
import dev.tailnet.proxy.testing.TestProxy.Options;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The steps of a request, in their order: node, policy, names, ways, dial. */
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
            public Verdict onAddress(
                    ConnectRequest request, List<String> alsoCalled, InetAddress address, Route route) {
                return Verdict.allowed();
            }
        };
        try (var proxy = TestProxy.start(Options.DEFAULT.with(noNames));
                var client = TestClient.connect(proxy.address())) {
            client.send(TestClient.httpConnect("example.com:443"));
            assertThat(client.readAllText())
                    .startsWith("HTTP/1.1 403 Forbidden\r\n")
                    .contains("\r\n\r\ntailnet-agent: no names today\n");
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
            public Verdict onAddress(
                    ConnectRequest request, List<String> alsoCalled, InetAddress address, Route route) {
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
            assertThat(proxy.audit().failure().reason()).isEqualTo(FailureReason.NOT_ON_TAILNET);
        }
    }
}
