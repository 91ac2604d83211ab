package dev.tailnet.agent.page;

import dev.tailnet.agent.observe.Ring;
import java.util.List;
import java.util.function.LongFunction;

/** How far the viewers have been told of a series. */
final class Cursor<T> {
    private final LongFunction<Ring.Part<T>> series;
    private long told;

    /** @param series what came after a number */
    Cursor(LongFunction<Ring.Part<T>> series) {
        this.series = series;
    }

    /** What there was so far needs not be told. */
    void skip() {
        told = series.apply(Long.MAX_VALUE).last();
    }

    /** What is new since this was asked before. */
    List<T> news() {
        Ring.Part<T> part = series.apply(told);
        told = part.last();
        return part.items();
    }

    /** What is kept of all before; what came since will be news. */
    List<T> known() {
        Ring.Part<T> part = series.apply(0);
        List<T> items = part.items();
        long since = Math.min(part.last() - told, items.size());
        return items.subList(0, items.size() - (int) since);
    }
}
