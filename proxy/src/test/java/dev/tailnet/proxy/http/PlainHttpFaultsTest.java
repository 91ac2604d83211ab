package dev.tailnet.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailnet.proxy.policy.Policy;
import dev.tailnet.proxy.policy.Verdict;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.request.TunnelEnd;
import dev.tailnet.proxy.testing.BlackholeServer;
import dev.tailnet.proxy.testing.HttpOrigin;
import dev.tailnet.proxy.testing.TestClient;
import dev.tailnet.proxy.testing.TestProxy;
import dev.tailnet.proxy.testing.TestProxy.Options;
import dev.tailnet.proxy.testing.TestSockets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What plain HTTP does when something goes wrong, is slow, or becomes another protocol. */
@Timeout(30)
class PlainHttpFaultsTest {

    private static String get(HttpOrigin origin) {
        return "GET " + origin.uri("/") + " HTTP/1.1\r\nHost: x\r\n\r\n";
    }

    @Test
    void aConnectionThatDiedInThePoolIsReplacedUnseen() throws Exception {
        var closeNow = new CompletableFuture<Void>();
        try (var proxy = TestProxy.start();
                var origin = HttpOrigin.start(request -> {
                    if (request.number() == 2) {
                        // The request is read and not answered: as if the server had closed while it was under way.
                        closeNow.complete(null);
                        return false;
                    }
                    return request.respondOk("x");
                });
                var client = TestClient.connect(proxy.address())) {
            for (int i = 0; i < 2; i++) {
                client.send(get(origin));
                assertThat(client.readHead()).startsWith("HTTP/1.1 200");
                client.readText(1);
            }
            assertThat(closeNow).isDone();
            assertThat(origin.connections()).isEqualTo(2);
            assertThat(proxy.audit().decision().dial()).isPositive();
            assertThat(proxy.audit().decision().dial()).isPositive();
            assertThat(proxy.audit().close().end().cause()).isEqualTo(TunnelEnd.Cause.FINISHED);
            assertThat(proxy.audit().close().end().cause()).isEqualTo(TunnelEnd.Cause.FINISHED);
            assertThat(proxy.audit().isEmpty()).isTrue();
        }
    }

    @Test
    void whatMustNotBeSentTwiceIsNot() throws Exception {
        try (var proxy = TestProxy.start();
                var origin = HttpOrigin.start(request -> request.number() == 1 && request.respondOk("x"));
                var client = TestClient.connect(proxy.address())) {
            client.send(get(origin));
            client.readHead();
            client.readText(1);
            client.send("POST " + origin.uri("/") + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
            assertThat(client.readAllText())
                    .startsWith("HTTP/1.1 502 Bad Gateway\r\n")
                    .contains("Proxy-Status: tailnet-agent; error=connection_terminated;");
            assertThat(origin.heads()).hasSize(2);
        }
    }

    @Test
    void aNewConnectionThatIsClosedWithoutAnAnswerIsNotTriedAgain() throws Exception {
        try (var proxy = TestProxy.start();
                var origin = HttpOrigin.start(request -> false);
                var client = TestClient.connect(proxy.address())) {
            client.send(get(origin));
            assertThat(client.readAllText()).startsWith("HTTP/1.1 502 Bad Gateway\r\n");
            assertThat(origin.heads()).hasSize(1);
            assertThat(proxy.audit().decision().established()).isTrue();
            assertThat(proxy.audit().close().end().cause()).isEqualTo(TunnelEnd.Cause.ERROR);
        }
    }

    @Test
    void aResponseThatIsNoneIsA502() throws Exception {
        for (String nonsense : new String[] {
            "SSH-2.0-OpenSSH\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
            "HTTP/1.1 200 OK\r\nBad(Name: x\r\n\r\n",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"
        }) {
            try (var proxy = TestProxy.start();
                    var origin = HttpOrigin.start(request -> {
                        request.respond(nonsense);
                        return true;
                    });
                    var client = TestClient.connect(proxy.address())) {
                client.send(get(origin));
                assertThat(client.readAllText())
                        .as(nonsense)
                        .startsWith("HTTP/1.1 502 Bad Gateway\r\n")
                        .contains("error=http_protocol_error");
            }
        }
    }

    @Test
    void aBrokenBodyIsNotTakenForAWholeOne() throws Exception {
        for (String head : new String[] {
            "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n",
            "HTTP/1.1 200 OK\r\n\r\n"
        }) {
            var sent = new CountDownLatch(1);
            try (var proxy = TestProxy.start();
                    var origin = HttpOrigin.start(request -> {
                        request.respond(head + "part");
                        await(sent);
                        request.socket().setSoLinger(true, 0);
                        return false;
                    });
                    var client = TestClient.connect(proxy.address())) {
                client.send(get(origin));
                String got = client.readHead();
                boolean chunked = got.toLowerCase(java.util.Locale.ROOT).contains("chunked");
                client.read(chunked ? 7 : 4);
                sent.countDown();
                assertThat(client.readAllText()).as(head).doesNotContain("0\r\n\r\n");
                assertThat(proxy.audit().close().end().cause()).isEqualTo(TunnelEnd.Cause.RESET);
            }
        }
    }

    @Test
    void anHttp10ClientSeesABrokenBodyAsAReset() throws Exception {
        var sent = new CountDownLatch(1);
        try (var proxy = TestProxy.start();
                var origin = HttpOrigin.start(request -> {
                    request.respond("HTTP/1.1 200 OK\r\n\r\npart");
                    await(sent);
                    request.socket().setSoLinger(true, 0);
                    return false;
                });
                var client = TestClient.connect(proxy.address())) {
            client.send("GET " + origin.uri("/") + " HTTP/1.0\r\n\r\n");
            client.readHead();
            client.readText(4);
            sent.countDown();
            assertThatThrownBy(client::readAll).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void everyRequestIsJudgedAlsoOnAnOpenConnection() throws Exception {
        var open = new AtomicBoolean(true);
        Policy policy = new Policy() {
            @Override
            public Verdict onTarget(ConnectRequest request) {
                return open.get() ? Verdict.allowed() : Verdict.refused("shut", "closed for today");
            }

            @Override
            public Verdict onAddress(ConnectRequest request, InetAddress address, Route route) {
                return Verdict.allowed();
            }
        };
        try (var proxy = TestProxy.start(Options.DEFAULT.with(policy));
                var origin = HttpOrigin.says("x");
                var client = TestClient.connect(proxy.address())) {
            client.send(get(origin));
            client.readHead();
            client.readText(1);
            proxy.audit().decision();
            open.set(false);
            client.send(get(origin));
            assertThat(client.readAllText())
                    .startsWith("HTTP/1.1 403 Forbidden\r\n")
                    .contains("closed for today");
            assertThat(origin.heads()).hasSize(1);
            assertThat(proxy.audit().decision().rule()).isEqualTo("shut");
        }
    }

    @Test
    void aChangedRouteIsNotMadeUpForByAnOldConnection() throws Exception {
        try (var proxy = TestProxy.start();
                var origin = HttpOrigin.says("x");
                var client = TestClient.connect(proxy.address())) {
            for (Route route : new Route[] {Route.TAILNET, Route.DIRECT}) {
                proxy.routes().put(origin.address().getAddress(), route);
                client.send(get(origin));
                client.readHead();
                client.readText(1);
                assertThat(proxy.audit().decision().route()).isEqualTo(route);
            }
            assertThat(proxy.tailnet().dialed()).hasSize(1);
            assertThat(proxy.direct().dialed()).hasSize(1);
        }
    }

    @Test
    void failuresAreAnsweredAsForConnect() throws Exception {
        try (var proxy = TestProxy.start();
                var client = TestClient.connect(proxy.address())) {
            client.send("GET http://nowhere.internal/ HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(client.readAllText())
                    .startsWith("HTTP/1.1 502 Bad Gateway\r\n")
                    .contains("Proxy-Status: tailnet-agent; error=dns_error;");
            assertThat(proxy.audit().decision().request().protocol()).isEqualTo(ConnectRequest.Protocol.HTTP);
        }
        try (var blackhole = BlackholeServer.start();
                var proxy = TestProxy.start(Options.DEFAULT.dialTimeout(Duration.ofMillis(300)));
                var client = TestClient.connect(proxy.address())) {
            client.send("GET http://127.0.0.1:" + blackhole.address().getPort() + "/ HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(client.readAllText()).startsWith("HTTP/1.1 504 Gateway Timeout\r\n");
        }
        try (var proxy = TestProxy.start(Options.DEFAULT.with(TestSockets.exhausted()));
                var origin = HttpOrigin.says("x");
                var client = TestClient.connect(proxy.address())) {
            client.send(get(origin));
            assertThat(client.readAllText())
                    .startsWith("HTTP/1.1 503 Service Unavailable\r\n")
                    .contains("too many open files");
        }
    }

    @Test
    void aClientThatVanishesCancelsTheDial() throws Exception {
        try (var blackhole = BlackholeServer.start();
                var proxy = TestProxy.start()) {
            var client = TestClient.connect(proxy.address());
            client.send("GET http://127.0.0.1:" + blackhole.address().getPort() + "/ HTTP/1.1\r\nHost: x\r\n\r\n");
            while (proxy.server().counts().waiting() == 0) {
                Thread.onSpinWait();
            }
            client.close();
            ConnectFailure failure =
                    Objects.requireNonNull(proxy.audit().decision().failure());
            assertThat(failure.reason()).isEqualTo(FailureReason.CANCELLED);
            while (proxy.server().counts().live() > 0) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void aClientThatVanishesEndsTheTargetsConnection() throws Exception {
        var ended = new CompletableFuture<Integer>();
        try (var proxy = TestProxy.start();
                var origin = HttpOrigin.start(request -> {
                    request.respond("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart");
                    ended.complete(request.in().read());
                    return false;
                })) {
            var client = TestClient.connect(proxy.address());
            client.send(get(origin));
            client.readHead();
            client.readText(4);
            client.close();
            assertThat(ended.get(10, TimeUnit.SECONDS)).isEqualTo(-1);
            assertThat(proxy.audit().close().end().cause()).isEqualTo(TunnelEnd.Cause.RESET);
        }
    }

    @Test
    void aSlowReaderSlowsTheTargetAndNobodyElse() throws Exception {
        var written = new AtomicLong();
        var finished = new CompletableFuture<Void>();
        long length = 64L << 20;
        try (var proxy = TestProxy.start();
                var origin = HttpOrigin.start(request -> {
                    if (request.head().contains("/quick")) {
                        return request.respondOk("x");
                    }
                    request.respond("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
                    byte[] block = new byte[64 * 1024];
                    for (long left = length; left > 0; left -= block.length) {
                        request.out().write(block);
                        written.addAndGet(block.length);
                    }
                    finished.complete(null);
                    return true;
                });
                var slow = TestClient.connect(proxy.address());
                var quick = TestClient.connect(proxy.address())) {
            slow.send("GET " + origin.uri("/slow") + " HTTP/1.1\r\nHost: x\r\n\r\n");
            slow.readHead();
            for (int i = 0; i < 50; i++) {
                quick.send("GET " + origin.uri("/quick") + " HTTP/1.1\r\nHost: x\r\n\r\n");
                quick.readHead();
                quick.readText(1);
            }
            long before;
            do {
                before = written.get();
                quick.send("GET " + origin.uri("/quick") + " HTTP/1.1\r\nHost: x\r\n\r\n");
                quick.readHead();
                quick.readText(1);
            } while (written.get() != before);
            assertThat(written.get()).isLessThan(length / 2);
            assertThat(finished).isNotDone();
            for (long left = length; left > 0; left -= 64 * 1024) {
                slow.read(64 * 1024);
            }
            finished.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void aSlowTargetSlowsTheClient() throws Exception {
        var go = new CountDownLatch(1);
        int length = 64 << 20;
        try (var proxy = TestProxy.start();
                var origin = HttpOrigin.start(request -> {
                    await(go);
                    request.in().skipNBytes(length);
                    return request.respondOk("got it");
                });
                var client = TestClient.connect(proxy.address())) {
            client.send("PUT " + origin.uri("/") + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + "\r\n\r\n");
            var sent = new AtomicLong();
            var sender = CompletableFuture.runAsync(() -> {
                byte[] block = new byte[64 * 1024];
                try {
                    for (int left = length; left > 0; left -= block.length) {
                        client.send(block);
                        sent.addAndGet(block.length);
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            long before;
            try (var other = HttpOrigin.says("x")) {
                do {
                    before = sent.get();
                    try (var busy = TestClient.connect(proxy.address())) {
                        busy.send(get(other));
                        busy.readHead();
                    }
                } while (sent.get() != before || before == 0);
            }
            assertThat(sent.get()).isLessThan(length / 2);
            go.countDown();
            sender.get(20, TimeUnit.SECONDS);
            assertThat(client.readHead()).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void anUpgradeBecomesATunnel() throws Exception {
        try (var proxy = TestProxy.start();
                var origin = HttpOrigin.start(request -> {
                    assertThat(request.field("Upgrade")).isEqualTo("echo");
                    assertThat(request.field("Connection")).isEqualToIgnoringCase("upgrade");
                    request.respond(
                            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nfirst");
                    request.in().transferTo(request.out());
                    return false;
                });
                var client = TestClient.connect(proxy.address())) {
            client.send("GET " + origin.uri("/") + " HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\n"
                    + "Upgrade: echo\r\n\r\nearly ");
            assertThat(client.readHead())
                    .startsWith("HTTP/1.1 101 Switching Protocols\r\n")
                    .containsIgnoringCase("\r\nUpgrade: echo\r\n")
                    .containsIgnoringCase("\r\nConnection: upgrade\r\n");
            assertThat(client.readText(11)).isEqualTo("firstearly ");
            assertThat(proxy.server().counts().tunnels()).isEqualTo(1);
            client.send("late").shutdownOutput();
            assertThat(client.readAllText()).isEqualTo("late");
            TunnelEnd end = proxy.audit().close().end();
            assertThat(end).isEqualTo(new TunnelEnd(TunnelEnd.Cause.FINISHED, 10, 10, ""));
        }
    }

    @Test
    void anUpgradeThatTheTargetDeclinesIsAResponseLikeOthers() throws Exception {
        try (var proxy = TestProxy.start();
                var origin = HttpOrigin.says("no");
                var client = TestClient.connect(proxy.address())) {
            for (int i = 0; i < 2; i++) {
                client.send("GET " + origin.uri("/") + " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
                        + "Upgrade: websocket\r\n\r\n");
                assertThat(client.readHead()).startsWith("HTTP/1.1 200 OK\r\n");
                assertThat(client.readText(2)).isEqualTo("no");
            }
        }
    }

    @Test
    void aDrainEndsWhatIsIdleAtOnceAndTheRestAfterItsResponse() throws Exception {
        var asked = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        try (var proxy = TestProxy.start();
                var origin = HttpOrigin.start(request -> {
                    if (request.head().startsWith("GET /slow")) {
                        asked.countDown();
                        await(go);
                    }
                    return request.respondOk("x");
                });
                var idle = TestClient.connect(proxy.address());
                var busy = TestClient.connect(proxy.address())) {
            idle.send(get(origin));
            idle.readHead();
            idle.readText(1);
            busy.send("GET " + origin.uri("/slow") + " HTTP/1.1\r\nHost: x\r\n\r\n");
            asked.await();
            var drained = proxy.server().drain(Duration.ofSeconds(20));
            assertThat(idle.readAll()).isEmpty();
            go.countDown();
            assertThat(busy.readHead()).containsIgnoringCase("connection: close");
            assertThat(busy.readAllText()).isEqualTo("x");
            busy.close();
            assertThat(drained.sync().getNow()).isZero();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new AssertionError("waited in vain");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
