package dev.tailnet.proxy.server;

import java.util.concurrent.TimeUnit;

/** Keeps a log line that every connection could cause from filling the log. For one event loop. */
final class AtMostOncePerMinute {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private boolean before;
    private long last;

    /** Whether a minute has passed since this was last true. */
    boolean isDue(long nanoTime) {
        if (before && nanoTime - last < MINUTE) {
            return false;
        }
        before = true;
        last = nanoTime;
        return true;
    }
}
