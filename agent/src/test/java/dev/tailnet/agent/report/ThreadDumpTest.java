package dev.tailnet.agent.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ThreadDumpTest {
    @Test
    void showsWhoWaitsForWhom() throws Exception {
        var lock = new ReentrantLock();
        var begun = new CountDownLatch(1);
        lock.lock();
        try {
            var waiter = new Thread(
                    () -> {
                        begun.countDown();
                        lock.lock();
                        try {
                            assertThat(lock.isHeldByCurrentThread()).isTrue();
                        } finally {
                            lock.unlock();
                        }
                    },
                    "dump-waiter");
            waiter.setDaemon(true);
            waiter.start();
            begun.await();
            while (!lock.hasQueuedThread(waiter)) {
                Thread.onSpinWait();
            }
            var dump = ThreadDump.take();
            assertThat(dump)
                    .containsPattern("\"dump-waiter\" \\d+ daemon WAITING\n    waits for .*ReentrantLock.*, held by \""
                            + Thread.currentThread().getName() + "\"")
                    .containsPattern("    at .*ThreadDumpTest.showsWhoWaitsForWhom");
        } finally {
            lock.unlock();
        }
    }
}
