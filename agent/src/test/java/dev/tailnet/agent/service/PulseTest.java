package dev.tailnet.agent.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.server.EventLoops;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PulseTest {
    @Test
    void itIsFeltWhileAllLoopsAnswerAndNotWhileOneHangs() throws Exception {
        try (var loops = EventLoops.open(2)) {
            var pulse = new Pulse(loops.group());
            var before = new CompletableFuture<Void>();
            pulse.whenAllAnswer(() -> before.complete(null));
            before.get(10, TimeUnit.SECONDS);

            var release = new CountDownLatch(1);
            var hanging = new CountDownLatch(1);
            var hung = loops.group().next();
            hung.execute(() -> {
                hanging.countDown();
                try {
                    release.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            hanging.await();
            var during = new CompletableFuture<Void>();
            pulse.whenAllAnswer(() -> during.complete(null));
            // The other loop has answered by now: it runs what it is given in order.
            for (var loop : loops.group()) {
                if (!loop.equals(hung)) {
                    loop.submit(() -> {}).get(10, TimeUnit.SECONDS);
                }
            }
            assertThat(during).isNotDone();

            release.countDown();
            during.get(10, TimeUnit.SECONDS);
        }
    }
}
