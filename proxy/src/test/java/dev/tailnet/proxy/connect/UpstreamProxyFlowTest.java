package dev.tailnet.proxy.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.audit.Decision;
import dev.tailnet.proxy.dial.upstream.HostLookup;
import dev.tailnet.proxy.dial.upstream.NoProxy;
import dev.tailnet.proxy.dial.upstream.ProxyGateway;
import dev.tailnet.proxy.dial.upstream.SocketRelay;
import dev.tailnet.proxy.dial.upstream.UpstreamProxy;
import dev.tailnet.proxy.policy.BasePolicy;
import dev.tailnet.proxy.policy.Internet;
import dev.tailnet.proxy.policy.OwnListeners;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.request.Target;
import dev.tailnet.proxy.resolve.Resolution;
import dev.tailnet.proxy.resolve.Resolver;
import dev.tailnet.proxy.testing.TargetServer;
import dev.tailnet.proxy.testing.TestClient;
import dev.tailnet.proxy.testing.TestProxy;
import dev.tailnet.proxy.testing.TestProxy.Options;
import dev.tailnet.proxy.testing.TestSockets;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Connections that leave through another proxy, which is one of ours here. */
@Timeout(30)
class UpstreamProxyFlowTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final HostLookup NO_LOOKUP = (name, timeout, executor) -> {
        throw new AssertionError("nothing to look up");
    };
    private static final SocketRelay RELAY = (id, client, target, early, answer, idle, executor) -> {
        var sockets = new TestSockets();
        try {
            if (answer.hasRemaining()) {
                new FileDescriptor(client).write(answer, answer.position(), answer.limit());
            }
            return sockets.join(id, client, sockets.duplicate(target), early, idle, executor);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    };

    /** What the tailnet knows. */
    private final Map<String, InetAddress> names = Map.of("db.tailnet.test", InetAddress.ofLiteral("127.0.0.1"));

    private TestProxy upstream;

    @BeforeEach
    void open() throws Exception {
        upstream = TestProxy.start();
    }

    @AfterEach
    void close() {
        upstream.close();
    }

    private TestProxy proxy(UpstreamProxy.Protocol protocol, Options options, String... noProxy) throws Exception {
        return proxy(protocol, upstream.address().getPort(), options, noProxy);
    }

    private TestProxy proxy(UpstreamProxy.Protocol protocol, int port, Options options, String... noProxy)
            throws Exception {
        var at = new Target(new Host.Address(LOOPBACK), port);
        Resolver tailnetNames = (name, timeout, executor) -> names.containsKey(name)
                ? executor.newSucceededFuture(
                        new Resolution(List.of(names.get(name)), List.of(), null, "tailnet", false))
                : executor.newFailedFuture(new ConnectFailure(FailureReason.NOT_ON_TAILNET, name + " is a stranger"));
        var gateway = new ProxyGateway(
                new UpstreamProxy(protocol, at, null), NoProxy.of(List.of(noProxy)), it -> false, NO_LOOKUP, RELAY);
        return TestProxy.start(options, gateway, tailnetNames);
    }

    @ParameterizedTest
    @EnumSource
    void aNameThatTheTailnetDoesNotKnowIsLeftToTheProxy(UpstreamProxy.Protocol protocol) throws Exception {
        try (var target = TargetServer.echo();
                var proxy = proxy(protocol, Options.DEFAULT);
                var client = TestClient.connect(proxy.address())) {
            upstream.resolver().add("outside.test", LOOPBACK);
            client.greet()
                    .send(
                            TestClient.socksConnect("outside.test", target.port()),
                            "early".getBytes(StandardCharsets.US_ASCII));
            assertThat(client.readReply()).isZero();
            assertThat(client.readText(5)).isEqualTo("early");
            client.shutdownOutput();
            assertThat(client.readAll()).isEmpty();

            Decision decision = proxy.audit().decision();
            assertThat(decision.established()).isTrue();
            assertThat(decision.route()).isEqualTo(Route.UPSTREAM_PROXY);
            assertThat(decision.address()).isNull();
            assertThat(proxy.audit().close().route()).isEqualTo(Route.UPSTREAM_PROXY);
            assertThat(upstream.resolver().asked()).containsExactly("outside.test");
            assertThat(proxy.resolver().asked()).isEmpty();
            assertThat(proxy.direct().dialed()).isEmpty();
        }
    }

    @Test
    void whatTheTargetSaysAtOnceIsNotLost() throws Exception {
        try (var chatty = TargetServer.start(client -> {
                    var head = new StringBuilder();
                    while (head.indexOf("\r\n\r\n") < 0) {
                        head.append((char) client.getInputStream().read());
                    }
                    client.getOutputStream()
                            .write("HTTP/1.1 200 OK\r\n\r\n220 ready".getBytes(StandardCharsets.US_ASCII));
                    client.getInputStream().readAllBytes();
                });
                var proxy = proxy(UpstreamProxy.Protocol.HTTP, chatty.port(), Options.DEFAULT);
                var client = TestClient.connect(proxy.address())) {
            client.greet().send(TestClient.socksConnect("outside.test", 25));
            assertThat(client.readReply()).isZero();
            assertThat(client.readText(9)).isEqualTo("220 ready");
        }
    }

    @Test
    void anAddressOutsideTheTailnetGoesThroughTheProxyAndOneInsideDoesNot() throws Exception {
        try (var target = TargetServer.echo();
                var proxy = proxy(UpstreamProxy.Protocol.HTTP, Options.DEFAULT);
                var direct = TestClient.connect(proxy.address());
                var tailnet = TestClient.connect(proxy.address())) {
            proxy.routes().put(LOOPBACK, Route.DIRECT);
            direct.tunnel(target.socketAddress());
            assertThat(proxy.audit().decision().route()).isEqualTo(Route.UPSTREAM_PROXY);
            assertThat(upstream.tailnet().dialed()).containsExactly(target.socketAddress());

            proxy.routes().put(LOOPBACK, Route.TAILNET);
            tailnet.greet().send(TestClient.socksConnect("db.tailnet.test", target.port()));
            assertThat(tailnet.readReply()).isZero();
            assertThat(proxy.tailnet().dialed()).hasSize(1);
            assertThat(upstream.tailnet().dialed()).hasSize(1);
        }
    }

    @Test
    void whatIsExemptIsResolvedAndDialedHere() throws Exception {
        try (var target = TargetServer.echo();
                var proxy = proxy(UpstreamProxy.Protocol.HTTP, Options.DEFAULT, "outside.test", "127.0.0.0/8");
                var client = TestClient.connect(proxy.address());
                var other = TestClient.connect(proxy.address())) {
            proxy.routes().put(LOOPBACK, Route.DIRECT);
            proxy.resolver().add("outside.test", LOOPBACK);
            client.greet().send(TestClient.socksConnect("outside.test", target.port()));
            assertThat(client.readReply()).isZero();
            other.tunnel(target.socketAddress());

            assertThat(proxy.direct().dialed()).hasSize(2);
            assertThat(upstream.audit().isEmpty()).isTrue();
        }
    }

    @Test
    void whatTheProxySaysOfTheTargetIsWhatTheClientHears() throws Exception {
        try (var proxy = proxy(UpstreamProxy.Protocol.SOCKS5, Options.DEFAULT);
                var client = TestClient.connect(proxy.address())) {
            client.greet().send(TestClient.socksConnect("nosuch.test", 80));
            assertThat(client.readReply()).isEqualTo(4);
            assertThat(proxy.audit().decision().failure())
                    .isInstanceOfSatisfying(
                            ConnectFailure.class,
                            failure -> assertThat(failure.reason()).isEqualTo(FailureReason.HOST_UNREACHABLE));
        }
    }

    @Test
    void namesAreJudgedAndNoInternetMeansNoProxyEither() throws Exception {
        var closed = new BasePolicy(Internet.DENY, new OwnListeners(List::of));
        try (var proxy = proxy(UpstreamProxy.Protocol.HTTP, Options.DEFAULT.with(closed));
                var localhost = TestClient.connect(proxy.address());
                var outside = TestClient.connect(proxy.address())) {
            localhost.greet().send(TestClient.socksConnect("localhost", 80));
            assertThat(localhost.readReply()).isEqualTo(2);
            assertThat(proxy.audit().decision().rule()).isEqualTo("loopback");

            outside.greet().send(TestClient.socksConnect("outside.test", 80));
            assertThat(outside.readReply()).isEqualTo(2);
            assertThat(proxy.audit().decision().rule()).isEqualTo("internet-deny");
            assertThat(upstream.audit().isEmpty()).isTrue();
        }
    }
}
