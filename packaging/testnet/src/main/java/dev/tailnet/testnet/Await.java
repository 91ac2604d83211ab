package dev.tailnet.testnet;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Asks again and again, up to a deadline, for what other processes do without telling. */
final class Await {
    private static final Duration INTERVAL = Duration.ofMillis(10);

    private Await() {}

    /**
     * Returns when the condition holds; an IOException means that it does not yet.
     *
     * @param describe what is wrong while it does not hold, for the error; called after each attempt that failed, so it may throw to give up early
     * @throws TestNetworkException if the time is over
     */
    static void until(Duration timeout, Condition condition, Supplier<String> describe) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            IOException failure = null;
            try {
                if (condition.holds()) {
                    return;
                }
            } catch (IOException e) {
                failure = e;
            }
            var problem = describe.get();
            if (System.nanoTime() - deadline >= 0) {
                throw new TestNetworkException(
                        "after %d s: %s".formatted(TimeUnit.NANOSECONDS.toSeconds(timeout.toNanos()), problem),
                        failure);
            }
            LockSupport.parkNanos(INTERVAL.toNanos());
            if (Thread.currentThread().isInterrupted()) {
                throw new TestNetworkException("interrupted; " + problem, failure);
            }
        }
    }

    @FunctionalInterface
    interface Condition {
        boolean holds() throws IOException;
    }
}
