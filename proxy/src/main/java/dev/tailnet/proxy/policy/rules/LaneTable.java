package dev.tailnet.proxy.policy.rules;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The lanes of one effect of many destinations, which are numbered from 0. Packed into two arrays, as an object for each
 * would be most of the memory of many rules.
 */
final class LaneTable {
    static final LaneTable NONE = new LaneTable(List.of(), Effect.DENY, new int[0], new int[0], Map.of());

    /** Beyond so many, an index is quicker than a look at each. */
    private static final int FEW = 8;

    private final List<Rule> rules;
    private final Effect effect;
    /** Where each destination's rules begin in {@code orders}; they end where the next one's begin. */
    private final int[] starts;

    private final int[] orders;
    private final Map<Integer, LaneIndex> lookups;

    private LaneTable(List<Rule> rules, Effect effect, int[] starts, int[] orders, Map<Integer, LaneIndex> lookups) {
        this.rules = rules;
        this.effect = effect;
        this.starts = starts;
        this.orders = orders;
        this.lookups = lookups;
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
        private final IntList destinations = new IntList();
        private final IntList orders = new IntList();

        /** Again for the same is the same. */
        void add(int destination, int order) {
            int last = orders.size() - 1;
            if (last < 0 || orders.get(last) != order || destinations.get(last) != destination) {
                destinations.add(destination);
                orders.add(order);
            }
        }

        /** @param count of destinations */
        LaneTable build(List<Rule> rules, Effect effect, int count) {
            return build(rules, effect, count, lane -> LaneIndex.of(rules, effect, lane));
        }

        /** The same where the destinations are roles. */
        LaneTable buildOfRoles(List<Rule> rules, Effect effect, int count) {
            return build(rules, effect, count, lane -> LaneIndex.ofOneRole(rules, lane));
        }

        private LaneTable build(List<Rule> rules, Effect effect, int count, Function<int[], LaneIndex> index) {
            if (orders.size() == 0) {
                return NONE;
            }
            int[] starts = new int[count + 1];
            for (int i = 0; i < orders.size(); i++) {
                starts[destinations.get(i) + 1]++;
            }
            for (int i = 0; i < count; i++) {
                starts[i + 1] += starts[i];
            }
            int[] ends = Arrays.copyOf(starts, count);
            int[] sorted = new int[orders.size()];
            for (int i = 0; i < sorted.length; i++) {
                sorted[ends[destinations.get(i)]++] = orders.get(i);
            }
            Map<Integer, LaneIndex> lookups = new HashMap<>();
            for (int i = 0; i < count; i++) {
                if (starts[i + 1] - starts[i] > FEW) {
                    lookups.put(i, index.apply(Arrays.copyOfRange(sorted, starts[i], starts[i + 1])));
                }
            }
            return new LaneTable(rules, effect, starts, sorted, lookups);
        }
    }
}
