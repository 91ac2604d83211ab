package dev.tailnet.agent.observe;

import java.util.ArrayDeque;
import java.util.List;

/**
 * The last so many of a series, each with a number. Any thread may add.
 *
 * @param <T> what the series is of
 */
public final class Ring<T> {
    private final int most;
    private final ArrayDeque<T> kept;
    private long added;

    /** @param most how many are kept */
    public Ring(int most) {
        this.most = most;
        this.kept = new ArrayDeque<>();
    }

    /**
     * Part of a series.
     *
     * @param last the number of the last one, the first having 1; what {@link Ring#after} is to be asked with next
     * @param items the oldest first
     */
    public record Part<T>(long last, List<T> items) {
        public Part {
            items = List.copyOf(items);
        }
    }

    public synchronized void add(T item) {
        if (kept.size() == most) {
            kept.removeFirst();
        }
        kept.addLast(item);
        added++;
    }

    /** What came after a number and is still kept. */
    public synchronized Part<T> after(long number) {
        long known = Math.max(number - (added - kept.size()), 0);
        return new Part<>(added, kept.stream().skip(known).toList());
    }
}
