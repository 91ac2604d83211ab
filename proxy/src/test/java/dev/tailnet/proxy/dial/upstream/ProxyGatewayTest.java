package dev.tailnet.proxy.dial.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.dial.Upstream;
import dev.tailnet.proxy.dial.upstream.UpstreamProxy.Credentials;
import dev.tailnet.proxy.dial.upstream.UpstreamProxy.Protocol;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.Target;
import dev.tailnet.proxy.server.EventLoops;
import dev.tailnet.proxy.testing.TargetServer;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class ProxyGatewayTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Credentials BOX = new Credentials("box", "s3cret");
    private static final HostLookup NO_LOOKUP = (name, timeout, executor) -> {
        throw new AssertionError("nothing to look up");
    };
    private static final SocketRelay NO_RELAY = (id, client, target, early, answer, idle, executor) -> {
        throw new AssertionError("nothing to relay");
    };

    private EventLoops loops;

    @BeforeEach
    void open() throws Exception {
        loops = EventLoops.open(1);
    }

    @AfterEach
    void close() {
        loops.close();
    }

    @Test
    void asksAnHttpProxyForTheNameWithCredentials() throws Exception {
        var request = new CompletableFuture<String>();
        try (var proxy = TargetServer.start(client -> {
            request.complete(head(client.getInputStream()));
            say(client, "HTTP/1.1 200 OK\r\n\r\n");
            client.getInputStream().read();
        })) {
            Future<Upstream> dial = dial(gateway(Protocol.HTTP, proxy, BOX), "Example.COM:443");
            discard(dial);
            assertThat(request.get().lines())
                    .startsWith("CONNECT example.com:443 HTTP/1.1")
                    .contains("host: example.com:443", "proxy-authorization: Basic Ym94OnMzY3JldA==");
        }
    }

    @Test
    void asksASocksProxyForTheNameWithCredentials() throws Exception {
        var request = new CompletableFuture<byte[]>();
        try (var proxy = TargetServer.start(client -> {
            InputStream in = client.getInputStream();
            in.readNBytes(2 + 2);
            client.getOutputStream().write(new byte[] {5, 2});
            in.readNBytes(2 + 3 + 1 + 6);
            client.getOutputStream().write(new byte[] {1, 0});
            request.complete(in.readNBytes(4 + 1 + 11 + 2));
            client.getOutputStream().write(new byte[] {5, 0, 0, 1, 0, 0, 0, 0, 0, 0});
            in.read();
        })) {
            discard(dial(gateway(Protocol.SOCKS5, proxy, BOX), "example.com:443"));
            assertThat(new String(request.get(), StandardCharsets.ISO_8859_1))
                    .isEqualTo("\5\1\0\3\13example.com\1\u00bb");
        }
    }

    @Test
    void asksForTheAddressAndNotForTheNameItCameFrom() throws Exception {
        var request = new CompletableFuture<String>();
        try (var proxy = TargetServer.start(client -> {
            request.complete(head(client.getInputStream()));
            say(client, "HTTP/1.1 200 OK\r\n\r\n");
            client.getInputStream().read();
        })) {
            var named = InetAddress.getByAddress("name.test", new byte[] {(byte) 198, 51, 100, 7});
            var gateway = gateway(Protocol.HTTP, proxy, null);
            discard(gateway.dial(
                    1, new InetSocketAddress(named, 443), LONG, loops.group().next()));
            assertThat(request.get()).startsWith("CONNECT 198.51.100.7:443 HTTP/1.1");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            HTTP/1.1 407 Nope\\r\\n\\r\\n                                              | UPSTREAM_PROXY   | asks for a user and password
            HTTP/1.1 407 Nope\\r\\nProxy-Authenticate: NTLM\\r\\n\\r\\n                | UPSTREAM_PROXY   | it asks for NTLM
            HTTP/1.1 403 Forbidden\\r\\nContent-Length: 2\\r\\n\\r\\nno                | NOT_ALLOWED      | does not allow example.com:443 (403 Forbidden)
            HTTP/1.1 502 Bad Gateway\\r\\nContent-Length: 0\\r\\n\\r\\n                | HOST_UNREACHABLE | cannot reach example.com:443 (502 Bad Gateway)
            HTTP/1.1 504 Gateway Timeout\\r\\nContent-Length: 0\\r\\n\\r\\n            | TIMEOUT          | got no answer from example.com:443
            HTTP/1.1 400 Bad Request\\r\\nContent-Length: 0\\r\\n\\r\\n                | UPSTREAM_PROXY   | does not make a tunnel to example.com:443 (400 Bad Request)
            SSH-2.0-OpenSSH_9.9\\r\\n\\r\\n                                            | UPSTREAM_PROXY   | is it a proxy of this protocol?
            ''                                                                         | UPSTREAM_PROXY   | broke off the handshake for example.com:443
            """)
    void saysWhatAnHttpProxyMeans(String answer, FailureReason reason, String words) throws Exception {
        try (var proxy = TargetServer.start(client -> {
            head(client.getInputStream());
            say(client, answer.translateEscapes());
        })) {
            assertFailure(dial(gateway(Protocol.HTTP, proxy, null), "example.com:443"), reason, proxy, words);
        }
    }

    @Test
    void saysThatCredentialsAreWrong() throws Exception {
        try (var proxy = TargetServer.start(client -> {
            head(client.getInputStream());
            say(client, "HTTP/1.1 407 Nope\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n");
        })) {
            assertFailure(
                    dial(gateway(Protocol.HTTP, proxy, BOX), "example.com:443"),
                    FailureReason.UPSTREAM_PROXY,
                    proxy,
                    "refuses the agent's credentials: user or password is wrong");
        }
        try (var proxy = TargetServer.start(client -> {
            client.getInputStream().readNBytes(4);
            client.getOutputStream().write(new byte[] {5, 2});
            client.getInputStream().readNBytes(2 + 3 + 1 + 6);
            client.getOutputStream().write(new byte[] {1, 1});
        })) {
            assertFailure(
                    dial(gateway(Protocol.SOCKS5, proxy, BOX), "example.com:443"),
                    FailureReason.UPSTREAM_PROXY,
                    proxy,
                    "user or password is wrong");
        }
        try (var proxy = TargetServer.start(client -> {
            client.getInputStream().readNBytes(3);
            client.getOutputStream().write(new byte[] {5, (byte) 0xff});
        })) {
            assertFailure(
                    dial(gateway(Protocol.SOCKS5, proxy, null), "example.com:443"),
                    FailureReason.UPSTREAM_PROXY,
                    proxy,
                    "accepts none of the agent's ways to log in");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, HOST_UNREACHABLE, cannot reach",
        "2, NOT_ALLOWED, does not allow",
        "3, NETWORK_UNREACHABLE, has no route to",
        "4, HOST_UNREACHABLE, cannot reach",
        "5, CONNECTION_REFUSED, was refused the connection by",
        "6, TIMEOUT, got no answer from",
        "7, UPSTREAM_PROXY, does not make a tunnel to"
    })
    void saysWhatASocksProxyMeans(int reply, FailureReason reason, String words) throws Exception {
        try (var proxy = TargetServer.start(client -> {
            client.getInputStream().readNBytes(3);
            client.getOutputStream().write(new byte[] {5, 0});
            client.getInputStream().readNBytes(4 + 1 + 11 + 2);
            client.getOutputStream().write(new byte[] {5, (byte) reply, 0, 1, 0, 0, 0, 0, 0, 0});
        })) {
            assertFailure(
                    dial(gateway(Protocol.SOCKS5, proxy, null), "example.com:443"),
                    reason,
                    proxy,
                    words + " example.com:443 (SOCKS5 reply " + reply + ")");
        }
    }

    @Test
    void aProxyThatIsDownIsNamed() throws Exception {
        TargetServer proxy = TargetServer.echo();
        proxy.close();
        assertFailure(
                dial(gateway(Protocol.HTTP, proxy, null), "example.com:443"),
                FailureReason.UPSTREAM_PROXY,
                proxy,
                "cannot be reached");
    }

    @Test
    void aProxyThatDoesNotAnswerIsGivenUp() throws Exception {
        try (var silent = TargetServer.start(client -> client.getInputStream().readAllBytes())) {
            assertFailure(
                    gateway(Protocol.HTTP, silent, null)
                            .dial(
                                    1,
                                    Target.parse("example.com:443"),
                                    Duration.ofSeconds(2),
                                    loops.group().next()),
                    FailureReason.TIMEOUT,
                    silent,
                    "did not get through to example.com:443 within 2 s");
        }
    }

    @Test
    void thisProcessIsNoProxyOfItsOwn() throws Exception {
        try (var proxy = TargetServer.echo()) {
            var gateway = gateway(
                    new UpstreamProxy(Protocol.HTTP, at(proxy), null), NO_LOOKUP, it -> it.getPort() == proxy.port());
            assertFailure(
                    dial(gateway, "example.com:443"), FailureReason.UPSTREAM_PROXY, proxy, "is this agent itself");
        }
    }

    @Test
    void theProxysNameIsLookedUpAndItsAddressesTriedInTurn() throws Exception {
        try (var proxy = TargetServer.start(client -> {
            head(client.getInputStream());
            say(client, "HTTP/1.1 200 OK\r\n\r\n");
            client.getInputStream().read();
        })) {
            HostLookup lookup = (name, timeout, executor) -> {
                assertThat(name).isEqualTo("proxy.example");
                return executor.newSucceededFuture(List.of(InetAddress.ofLiteral("127.0.0.9"), proxy.address()));
            };
            var named = new UpstreamProxy(Protocol.HTTP, Target.parse("proxy.example:" + proxy.port()), null);
            discard(dial(gateway(named, lookup, it -> false), "example.com:443"));
        }
    }

    @Test
    void aProxyWithoutAddressIsNamed() throws Exception {
        HostLookup lookup = (name, timeout, executor) ->
                executor.newFailedFuture(new ConnectFailure(FailureReason.NAME_NOT_FOUND, name + " does not exist"));
        var named = new UpstreamProxy(Protocol.HTTP, Target.parse("proxy.example:3128"), null);
        Future<Upstream> dial =
                dial(gateway(named, lookup, it -> false), "example.com:443").awaitUninterruptibly();
        assertThat(dial.cause())
                .isInstanceOfSatisfying(
                        ConnectFailure.class,
                        failure -> assertThat(failure.reason()).isEqualTo(FailureReason.UPSTREAM_PROXY))
                .hasMessage("upstream proxy http://proxy.example:3128 cannot be found: proxy.example does not exist");
    }

    @Test
    void aCancelledDialClosesItsConnection() throws Exception {
        var asked = new CompletableFuture<Void>();
        var ended = new CompletableFuture<Integer>();
        try (var proxy = TargetServer.start(client -> {
            head(client.getInputStream());
            asked.complete(null);
            ended.complete(client.getInputStream().read());
        })) {
            Future<Upstream> dial = dial(gateway(Protocol.HTTP, proxy, null), "example.com:443");
            asked.get();
            dial.cancel(true);
            assertThat(ended.get(20, TimeUnit.SECONDS)).isEqualTo(-1);
        }
    }

    @Test
    void aCancelledLookupIsCancelled() throws Exception {
        var lookups = new CompletableFuture<Promise<List<InetAddress>>>();
        HostLookup never = (name, timeout, executor) -> {
            Promise<List<InetAddress>> promise = executor.newPromise();
            lookups.complete(promise);
            return promise;
        };
        var named = new UpstreamProxy(Protocol.HTTP, Target.parse("proxy.example:3128"), null);
        dial(gateway(named, never, it -> false), "example.com:443").cancel(true);
        assertThat(lookups.get().awaitUninterruptibly().isCancelled()).isTrue();
    }

    @Test
    void exemptsWhatNoProxyNames() throws Exception {
        var proxy = new UpstreamProxy(Protocol.HTTP, Target.parse("proxy.example:3128"), BOX);
        var gateway = new ProxyGateway(
                proxy, NoProxy.of(List.of(".example.com", "10.0.0.0/8")), it -> false, NO_LOOKUP, NO_RELAY);
        assertThat(gateway.carries(Target.parse("www.example.com:443"))).isFalse();
        assertThat(gateway.carries(Target.parse("example.org:443"))).isTrue();
        assertThat(gateway.carries(Target.parse("example.org:443"), InetAddress.ofLiteral("10.1.2.3")))
                .isFalse();
        assertThat(proxy).hasToString("http://proxy.example:3128");
        assertThat(BOX.toString()).doesNotContain("s3cret");
    }

    private ProxyGateway gateway(Protocol protocol, TargetServer proxy, @Nullable Credentials credentials) {
        return gateway(new UpstreamProxy(protocol, at(proxy), credentials), NO_LOOKUP, it -> false);
    }

    private static ProxyGateway gateway(
            UpstreamProxy proxy, HostLookup lookup, Predicate<InetSocketAddress> ownListeners) {
        return new ProxyGateway(proxy, NoProxy.of(List.of()), ownListeners, lookup, NO_RELAY);
    }

    private static Target at(TargetServer proxy) {
        try {
            return Target.parse("127.0.0.1:" + proxy.port());
        } catch (ConnectFailure e) {
            throw new AssertionError(e);
        }
    }

    private Future<Upstream> dial(ProxyGateway gateway, String target) throws ConnectFailure {
        return gateway.dial(1, Target.parse(target), LONG, loops.group().next());
    }

    private static void discard(Future<Upstream> dial) throws Exception {
        dial.get().discard();
    }

    private static void assertFailure(Future<Upstream> dial, FailureReason reason, TargetServer proxy, String words) {
        dial.awaitUninterruptibly();
        assertThat(dial.cause())
                .isInstanceOfSatisfying(
                        ConnectFailure.class,
                        failure -> assertThat(failure.reason()).isEqualTo(reason))
                .hasMessageContainingAll("upstream proxy ", "127.0.0.1:" + proxy.port(), words)
                .hasMessageNotContaining("s3cret");
    }

    private static String head(InputStream in) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.read());
        }
        return head.toString();
    }

    private static void say(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }
}
