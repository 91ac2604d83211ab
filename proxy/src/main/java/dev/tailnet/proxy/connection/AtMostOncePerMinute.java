package dev.tailnet.proxy.connection;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Keeps a log line that every connection could cause from filling the log. */
public final class AtMostOncePerMinute {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final AtomicLong last;

    public AtMostOncePerMinute() {
        last = new AtomicLong(System.nanoTime() - MINUTE);
    }

    /** Whether a minute has passed since this was last true. */
    public boolean isDue(long nanoTime) {
        long before = last.get();
        return nanoTime - before >= MINUTE && last.compareAndSet(before, nanoTime);
    }
}
