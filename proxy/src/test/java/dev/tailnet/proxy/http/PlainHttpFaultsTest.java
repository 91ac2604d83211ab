package dev.tailnet.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.TunnelEnd;
import dev.tailnet.proxy.testing.BlackholeServer;
import dev.tailnet.proxy.testing.Eventually;
import dev.tailnet.proxy.testing.HttpOrigin;
import dev.tailnet.proxy.testing.TestClient;
import dev.tailnet.proxy.testing.TestProxy;
import dev.tailnet.proxy.testing.TestProxy.Options;
import dev.tailnet.proxy.testing.TestSockets;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What plain HTTP does when a target or a client fails. */
@Timeout(30)
class PlainHttpFaultsTest {
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
                client.send(origin.get("/"));
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
            client.send(origin.get("/"));
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
            client.send(origin.get("/"));
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
                client.send(origin.get("/"));
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
                        Eventually.reaches(sent);
                        request.socket().setSoLinger(true, 0);
                        return false;
                    });
                    var client = TestClient.connect(proxy.address())) {
                client.send(origin.get("/"));
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
                    Eventually.reaches(sent);
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
            client.send(origin.get("/"));
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
            assertThat(proxy.audit().failure().reason()).isEqualTo(FailureReason.CANCELLED);
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
            client.send(origin.get("/"));
            client.readHead();
            client.readText(4);
            client.close();
            assertThat(ended.get(10, TimeUnit.SECONDS)).isEqualTo(-1);
            assertThat(proxy.audit().close().end().cause()).isEqualTo(TunnelEnd.Cause.RESET);
        }
    }
}
