package dev.tailnet.agent.node;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts down to the end of the node's key: a line in the log 7 days, 1 day and 1 hour before. */
final class KeyExpiry {
    /** The last first. */
    private static final List<Duration> NOTICES = List.of(Duration.ofHours(1), Duration.ofDays(1), Duration.ofDays(7));

    /** Shorter than the timer's numbers go, and soon enough to notice that the clock was set. */
    private static final Duration LONGEST_SLEEP = Duration.ofDays(1);

    private static final Logger LOGGER = LoggerFactory.getLogger(KeyExpiry.class);

    private final Clock clock;
    private @Nullable Instant expiry;
    private @Nullable Duration told;
    private @Nullable Future<?> timer;

    KeyExpiry(Clock clock) {
        this.clock = clock;
    }

    /**
     * @param next null when the key does not expire
     * @param executor tells the time from here on
     */
    synchronized void update(@Nullable Instant next, EventExecutor executor) {
        if (next == null ? expiry == null : next.equals(expiry)) {
            return;
        }
        expiry = next;
        told = null;
        review(executor);
    }

    synchronized void stop() {
        expiry = null;
        cancel();
    }

    private synchronized void review(EventExecutor executor) {
        cancel();
        if (expiry == null) {
            return;
        }
        Duration left = Duration.between(clock.instant(), expiry);
        if (left.isNegative()) {
            return;
        }
        Duration notice = noticeFor(left);
        if (notice != null && !notice.equals(told)) {
            told = notice;
            LOGGER.warn(
                    "The node's key expires in {} ({}); then it has to log in again. Nodes with tags do not expire;"
                            + " others are renewed with: tailnet-agent up --force-reauth",
                    words(left),
                    expiry);
        }
        long millis = Math.min(untilNext(left).toMillis(), LONGEST_SLEEP.toMillis());
        timer = executor.schedule(() -> review(executor), millis + 1, TimeUnit.MILLISECONDS);
    }

    private void cancel() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    /** The notice that is due with so much time left; null when none is yet. */
    static @Nullable Duration noticeFor(Duration left) {
        return NOTICES.stream()
                .filter(notice -> left.compareTo(notice) <= 0)
                .findFirst()
                .orElse(null);
    }

    /** How long until another notice is due, or the key expires. */
    static Duration untilNext(Duration left) {
        return NOTICES.reversed().stream()
                .filter(notice -> left.compareTo(notice) > 0)
                .findFirst()
                .map(left::minus)
                .orElse(left);
    }

    static String words(Duration left) {
        if (left.toDays() > 1) {
            return left.toDays() + " days";
        }
        if (left.toHours() > 1) {
            return left.toHours() + " hours";
        }
        return Math.max(1, left.toMinutes()) + " min";
    }
}
