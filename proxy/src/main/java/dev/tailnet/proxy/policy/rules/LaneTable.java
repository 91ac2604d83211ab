package dev.tailnet.proxy.policy.rules;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The lanes of one effect of many destinations, which are numbered from 0. Packed into two arrays, as an object for each
 * would be most of the memory of many rules.
 */
final class LaneTable {
    /** Beyond so many, an index is quicker than a look at each. */
    private static final int FEW = 8;

    private final List<Rule> rules;
    private final Effect effect;
    /** Where each destination's rules begin in {@code orders}; they end where the next one's begin. */
    private final int[] starts;

    private final int[] orders;
    private final Map<Integer, LaneIndex> lookups = new HashMap<>();

    private LaneTable(List<Rule> rules, Effect effect, int[] starts, int[] orders) {
        this.rules = rules;
        this.effect = effect;
        this.starts = starts;
        this.orders = orders;
        for (int i = 0; i + 1 < starts.length; i++) {
            if (starts[i + 1] - starts[i] > FEW) {
                lookups.put(i, LaneIndex.of(rules, Arrays.copyOfRange(orders, starts[i], starts[i + 1])));
            }
        }
    }

    Lane at(int destination) {
        if (orders.length == 0) {
            return new Lane(rules, effect, orders, 0, 0, null);
        }
        return new Lane(
                rules,
                effect,
                orders,
                starts[destination],
                starts[destination + 1],
                lookups.isEmpty() ? null : lookups.get(destination));
    }

    /** Collects rules, in their order. */
    static final class Builder {
        private int[] destinations = new int[16];
        private int[] orders = new int[16];
        private int size;

        /** Again for the same is the same. */
        void add(int destination, int order) {
            if (size > 0 && orders[size - 1] == order && destinations[size - 1] == destination) {
                return;
            }
            if (size == orders.length) {
                destinations = Arrays.copyOf(destinations, size * 2);
                orders = Arrays.copyOf(orders, size * 2);
            }
            destinations[size] = destination;
            orders[size++] = order;
        }

        /** @param count of destinations */
        LaneTable build(List<Rule> rules, Effect effect, int count) {
            if (size == 0) {
                return new LaneTable(rules, effect, new int[0], new int[0]);
            }
            int[] starts = new int[count + 1];
            for (int i = 0; i < size; i++) {
                starts[destinations[i] + 1]++;
            }
            for (int i = 0; i < count; i++) {
                starts[i + 1] += starts[i];
            }
            int[] ends = Arrays.copyOf(starts, count);
            int[] sorted = new int[size];
            for (int i = 0; i < size; i++) {
                sorted[ends[destinations[i]]++] = orders[i];
            }
            return new LaneTable(rules, effect, starts, sorted);
        }
    }
}
