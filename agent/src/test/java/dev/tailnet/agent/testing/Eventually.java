package dev.tailnet.agent.testing;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Asks other processes, which do not tell, until they say what is awaited. */
public final class Eventually {
    private static final Duration INTERVAL = Duration.ofMillis(20);

    private Eventually() {}

    /** @throws AssertionError with the last value, when the time is up */
    public static <T> T get(Duration timeout, Supplier<T> question, Predicate<? super T> awaited) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            T value = question.get();
            if (awaited.test(value)) {
                return value;
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("after " + timeout.toMillis() + " ms still: " + value);
            }
            LockSupport.parkNanos(INTERVAL.toNanos());
        }
    }
}
