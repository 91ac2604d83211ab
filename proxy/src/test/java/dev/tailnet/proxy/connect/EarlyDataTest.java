package dev.tailnet.proxy.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.testing.TargetServer;
import dev.tailnet.proxy.testing.TestClient;
import dev.tailnet.proxy.testing.TestProxy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a client sends before it has its tunnel. */
@Timeout(30)
class EarlyDataTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

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
}
