package dev.tailnet.proxy.server;

import dev.tailnet.proxy.forward.ForwardSpec;
import dev.tailnet.proxy.request.ConnectRequest.Protocol;
import dev.tailnet.proxy.request.HostSyntax;
import dev.tailnet.proxy.request.Target;
import dev.tailnet.proxy.testing.TestClient;
import dev.tailnet.proxy.testing.TestProxy;
import dev.tailnet.proxy.testing.UdpClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The ways in, each of them asked for a host and a port: whether the answer was a refusal, which is also true where the protocol has no word for it. */
final class WaysIn {
    private WaysIn() {}

    /** One way in. */
    @FunctionalInterface
    interface Way {
        boolean isRefused(TestProxy proxy, String host, int port) throws Exception;
    }

    /** Those that take a name. */
    static final List<Way> BY_NAME = List.of(
            WaysIn::socks5Name,
            WaysIn::socks4Name,
            WaysIn::httpConnect,
            WaysIn::plainHttp,
            WaysIn::ownCommand,
            WaysIn::forward,
            WaysIn::datagram);

    static boolean socks5Name(TestProxy proxy, String host, int port) throws IOException {
        try (var client = TestClient.connect(proxy.address()).greet()) {
            return client.send(TestClient.socksConnect(host, port)).readReply() == 2;
        }
    }

    static boolean socks5Address(TestProxy proxy, String host, int port) throws IOException {
        InetAddress address = InetAddress.ofLiteral(host);
        try (var client = TestClient.connect(proxy.address()).greet()) {
            return client.send(TestClient.socksConnect(address, port)).readReply() == 2;
        }
    }

    static boolean socks4Name(TestProxy proxy, String host, int port) throws IOException {
        try (var client = TestClient.connect(proxy.address())) {
            return client.send(TestClient.socks4Connect(host, port)).read(8)[1] == 91;
        }
    }

    static boolean socks4Address(TestProxy proxy, String host, int port) throws IOException {
        InetAddress address = InetAddress.ofLiteral(host);
        try (var client = TestClient.connect(proxy.address())) {
            return client.send(TestClient.socks4Connect(address, port)).read(8)[1] == 91;
        }
    }

    static boolean httpConnect(TestProxy proxy, String host, int port) throws IOException {
        try (var client = TestClient.connect(proxy.address())) {
            byte[] request = ("CONNECT " + inUri(host) + ":" + port + " HTTP/1.1\r\nHost: x\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8);
            return isForbidden(client.send(request).readAllText());
        }
    }

    static boolean plainHttp(TestProxy proxy, String host, int port) throws IOException {
        try (var client = TestClient.connect(proxy.address())) {
            return isForbidden(client.send("GET http://" + inUri(host) + "/ HTTP/1.1\r\nHost: x\r\n\r\n")
                    .readAllText());
        }
    }

    private static boolean isForbidden(String answer) {
        return answer.startsWith("HTTP/1.1 403 ") && answer.contains("error=http_request_denied");
    }

    /** In an association of its own, as one remembers what it has refused. */
    static boolean datagram(TestProxy proxy, String host, int port) throws IOException {
        try (var client = UdpClient.associate(proxy.address())) {
            client.send(host, port, "x");
            proxy.audit().awaitDecision();
            return true;
        }
    }

    /** As {@code nc} does it over the control socket. */
    static boolean ownCommand(TestProxy proxy, String host, int port) throws Exception {
        var target = new Target(HostSyntax.parse(host), port);
        var loop = proxy.loops().group().next();
        var client = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        return loop.submit(() -> proxy.connector()
                                .open(proxy.connector().request(Protocol.CLI, client, null, target), loop))
                        .get()
                        .await()
                        .cause()
                != null;
    }

    static boolean forward(TestProxy proxy, String host, int port) throws Exception {
        var target = new Target(HostSyntax.parse(host), port);
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
