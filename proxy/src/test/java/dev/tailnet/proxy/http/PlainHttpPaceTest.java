package dev.tailnet.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.testing.Eventually;
import dev.tailnet.proxy.testing.HttpOrigin;
import dev.tailnet.proxy.testing.TestClient;
import dev.tailnet.proxy.testing.TestProxy;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever is slow slows the other side of its own exchange, and nobody else. */
@Timeout(30)
class PlainHttpPaceTest {
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
            slow.send(origin.get("/slow"));
            slow.readHead();
            for (int i = 0; i < 50; i++) {
                quick.send(origin.get("/quick"));
                quick.readHead();
                quick.readText(1);
            }
            long before;
            do {
                before = written.get();
                quick.send(origin.get("/quick"));
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
                    Eventually.reaches(go);
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
                        busy.send(other.get("/"));
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
}
