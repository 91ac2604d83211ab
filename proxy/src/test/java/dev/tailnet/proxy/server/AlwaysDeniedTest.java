package dev.tailnet.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.audit.Decision;
import dev.tailnet.proxy.forward.ForwardSpec;
import dev.tailnet.proxy.policy.BasePolicy;
import dev.tailnet.proxy.policy.Internet;
import dev.tailnet.proxy.policy.OwnListeners;
import dev.tailnet.proxy.request.ConnectRequest.Protocol;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.HostSyntax;
import dev.tailnet.proxy.request.Target;
import dev.tailnet.proxy.testing.Spellings;
import dev.tailnet.proxy.testing.TestClient;
import dev.tailnet.proxy.testing.TestProxy;
import dev.tailnet.proxy.testing.TestProxy.Options;
import dev.tailnet.proxy.testing.UdpClient;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every address that is always denied, in every spelling, by every way in, and as what a name leads to. */
@Timeout(180)
class AlwaysDeniedTest {
    private static final InetSocketAddress OWN = new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 80);

    private record Row(String address, String rule) {}

    private static final List<Row> ROWS = List.of(
            new Row("127.0.0.1", "loopback"),
            new Row("127.8.9.10", "loopback"),
            new Row("::1", "loopback"),
            new Row("0.0.0.0", "unspecified"),
            new Row("0.1.2.3", "unspecified"),
            new Row("::", "unspecified"),
            new Row("169.254.169.254", "link-local"),
            new Row("169.254.170.2", "link-local"),
            new Row("169.254.10.20", "link-local"),
            new Row("fe80::1", "link-local"),
            new Row("fd00:ec2::254", "metadata"),
            new Row("fd20:ce::254", "metadata"),
            new Row("fd00:42::42", "metadata"),
            new Row("100.100.100.200", "metadata"),
            new Row("168.63.129.16", "metadata"),
            new Row("192.0.0.192", "metadata"),
            new Row("224.0.0.1", "multicast"),
            new Row("239.255.255.250", "multicast"),
            new Row("ff02::1", "multicast"),
            new Row("255.255.255.255", "broadcast"),
            new Row("100.64.0.1", "tailnet-range"),
            new Row("fd7a:115c:a1e0::53", "tailnet-range"),
            new Row("192.0.2.7", "own-listener"));

    private final AtomicInteger cases = new AtomicInteger();
    private final AtomicInteger names = new AtomicInteger();

    /** One way in. */
    @FunctionalInterface
    private interface Way {
        /** Asks, and says whether the answer was a refusal; true also where the protocol has no word for it. */
        boolean isRefused(TestProxy proxy, String host) throws Exception;
    }

    @Test
    void isDenied() throws Exception {
        var policy = new BasePolicy(Internet.DIRECT, new OwnListeners(() -> List.of(OWN)));
        try (var proxy = TestProxy.start(Options.DEFAULT.with(policy))) {
            proxy.directByDefault();
            for (Row row : ROWS) {
                InetAddress address = InetAddress.ofLiteral(row.address());
                for (String spelling : Spellings.of(address)) {
                    check(proxy, row, spelling, AlwaysDeniedTest::socks5Name);
                    check(proxy, row, spelling, AlwaysDeniedTest::ownCommand);
                    check(proxy, row, spelling, AlwaysDeniedTest::forward);
                    check(proxy, row, spelling, AlwaysDeniedTest::datagram);
                    if (spelling.chars().allMatch(c -> c < 0x80)) {
                        check(proxy, row, spelling, AlwaysDeniedTest::socks4Name);
                        check(proxy, row, spelling, AlwaysDeniedTest::httpConnect);
                        check(proxy, row, spelling, AlwaysDeniedTest::plainHttp);
                    }
                    if (spelling.indexOf(':') >= 0) {
                        check(proxy, row, spelling, AlwaysDeniedTest::socks5Address);
                        check(
                                proxy,
                                row,
                                nameOf(proxy, InetAddress.ofLiteral(spelling)),
                                AlwaysDeniedTest::httpConnect);
                    }
                }
                check(proxy, row, row.address(), AlwaysDeniedTest::socks5Address);
                if (address instanceof Inet4Address) {
                    check(proxy, row, row.address(), AlwaysDeniedTest::socks4Address);
                }
                for (Way way : List.<Way>of(
                        AlwaysDeniedTest::socks5Name,
                        AlwaysDeniedTest::socks4Name,
                        AlwaysDeniedTest::httpConnect,
                        AlwaysDeniedTest::plainHttp,
                        AlwaysDeniedTest::ownCommand,
                        AlwaysDeniedTest::forward,
                        AlwaysDeniedTest::datagram)) {
                    check(proxy, row, nameOf(proxy, address), way);
                }
            }
            assertThat(proxy.direct().dialed()).isEmpty();
            assertThat(proxy.tailnet().dialed()).isEmpty();
            assertThat(cases.get()).isGreaterThan(1_000);
            System.out.println("always denied: " + cases + " cases");
        }
    }

    private void check(TestProxy proxy, Row row, String host, Way way) throws Exception {
        assertThat(way.isRefused(proxy, host)).as("%s for %s", host, row).isTrue();
        Decision decision = proxy.audit().decision();
        assertThat(decision.rule()).as("%s for %s", host, row).isEqualTo(row.rule());
        assertThat(decision.failure())
                .isNotNull()
                .satisfies(failure -> assertThat(failure.reason()).isEqualTo(FailureReason.NOT_ALLOWED));
        cases.incrementAndGet();
    }

    /** A new one each time: what leads where is not remembered by anybody. */
    private String nameOf(TestProxy proxy, InetAddress address) {
        String name = "n" + names.incrementAndGet() + ".example";
        proxy.resolver().add(name, address);
        return name;
    }

    private static boolean socks5Name(TestProxy proxy, String host) throws IOException {
        try (var client = TestClient.connect(proxy.address()).greet()) {
            return client.send(TestClient.socksConnect(host, OWN.getPort())).readReply() == 2;
        }
    }

    private static boolean socks5Address(TestProxy proxy, String host) throws IOException {
        InetAddress address = InetAddress.ofLiteral(host);
        try (var client = TestClient.connect(proxy.address()).greet()) {
            return client.send(TestClient.socksConnect(address, OWN.getPort())).readReply() == 2;
        }
    }

    private static boolean socks4Name(TestProxy proxy, String host) throws IOException {
        try (var client = TestClient.connect(proxy.address())) {
            return client.send(TestClient.socks4Connect(host, OWN.getPort())).read(8)[1] == 91;
        }
    }

    private static boolean socks4Address(TestProxy proxy, String host) throws IOException {
        InetAddress address = InetAddress.ofLiteral(host);
        try (var client = TestClient.connect(proxy.address())) {
            return client.send(TestClient.socks4Connect(address, OWN.getPort())).read(8)[1] == 91;
        }
    }

    private static boolean httpConnect(TestProxy proxy, String host) throws IOException {
        try (var client = TestClient.connect(proxy.address())) {
            byte[] request = ("CONNECT " + inUri(host) + ":" + OWN.getPort() + " HTTP/1.1\r\nHost: x\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8);
            return isForbidden(client.send(request).readAllText());
        }
    }

    private static boolean plainHttp(TestProxy proxy, String host) throws IOException {
        try (var client = TestClient.connect(proxy.address())) {
            return isForbidden(client.send("GET http://" + inUri(host) + "/ HTTP/1.1\r\nHost: x\r\n\r\n")
                    .readAllText());
        }
    }

    private static boolean isForbidden(String answer) {
        return answer.startsWith("HTTP/1.1 403 ") && answer.contains("error=http_request_denied");
    }

    /** In an association of its own, as one remembers what it has refused. */
    private static boolean datagram(TestProxy proxy, String host) throws IOException {
        try (var client = UdpClient.associate(proxy.address())) {
            client.send(host, OWN.getPort(), "x");
            proxy.audit().awaitDecision();
            return true;
        }
    }

    /** As {@code nc} does it over the control socket. */
    private static boolean ownCommand(TestProxy proxy, String host) throws Exception {
        var target = new Target(HostSyntax.parse(host), OWN.getPort());
        var loop = proxy.loops().group().next();
        var client = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        return loop.submit(() -> proxy.connector()
                                .open(proxy.connector().request(Protocol.CLI, client, null, target), loop))
                        .get()
                        .await()
                        .cause()
                != null;
    }

    private static boolean forward(TestProxy proxy, String host) throws Exception {
        var target = new Target(HostSyntax.parse(host), OWN.getPort());
        var listen = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        proxy.server().forwards().apply(List.of(new ForwardSpec(ForwardSpec.Protocol.TCP, listen, target)));
        try (var client =
                TestClient.connect(proxy.server().forwards().open().getFirst().listen())) {
            return client.socket().getInputStream().read() < 0;
        } catch (IOException e) {
            return true; // a reset
        }
    }

    private static String inUri(String host) {
        return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    }
}
