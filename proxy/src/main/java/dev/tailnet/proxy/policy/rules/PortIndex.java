package dev.tailnet.proxy.policy.rules;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;

/**
 * Finds among many rules those for a port. The ports are cut into pieces where rules begin or end.
 *
 * @param starts the first port of each piece, ascending; the first piece begins at 0
 * @param ends where each piece's rules end in {@code orders}; they begin where those of the piece before it end
 * @param orders the rules that can be the first to fit, ascending in each piece
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record PortIndex(int[] starts, int[] ends, int[] orders) {

    static PortIndex of(List<Rule> rules, int[] orders) {
        var sweep = new Sweep();
        long[] changes = changes(rules, orders);
        if (changes.length == 0 || port(changes[0]) > 0) {
            sweep.cut(0);
        }
        for (int i = 0; i < changes.length; i++) {
            int order = order(changes[i]);
            sweep.change(order, rules.get(order).condition(), isBeginning(changes[i]));
            if (i + 1 == changes.length || port(changes[i + 1]) > port(changes[i])) {
                sweep.reach(port(changes[i]));
            }
        }
        return sweep.index();
    }

    int piece(int port) {
        int found = Arrays.binarySearch(starts, port);
        return found >= 0 ? found : -found - 2;
    }

    int start(int piece) {
        return piece == 0 ? 0 : ends[piece - 1];
    }

    int end(int piece) {
        return ends[piece];
    }

    /** Where rules begin and end: in one number each, by the port, then the rule, what ends first. */
    private static long[] changes(List<Rule> rules, int[] orders) {
        var builder = LongStream.builder();
        for (int order : orders) {
            List<PortRange> ports = rules.get(order).condition().ports();
            if (ports.isEmpty()) {
                builder.add(change(0, order, true));
            }
            for (PortRange range : PortRange.merged(ports)) {
                builder.add(change(range.from(), order, true));
                builder.add(change(range.to() + 1, order, false));
            }
        }
        return builder.build().sorted().toArray();
    }

    private static long change(int port, int order, boolean isBeginning) {
        return (long) port << 32 | (long) order << 1 | (isBeginning ? 1 : 0);
    }

    private static int port(long change) {
        return (int) (change >>> 32);
    }

    private static int order(long change) {
        return (int) change >>> 1;
    }

    private static boolean isBeginning(long change) {
        return (change & 1) == 1;
    }

    /** Goes over the ports, and knows at each which rules hold. */
    private static final class Sweep {
        private static final int RULES_TO_EACH_CHANGE = 8;

        private final IntList starts = new IntList();
        private final IntList ends = new IntList();
        private final IntList orders = new IntList();
        private final Map<Rest, NavigableSet<Integer>> active = new HashMap<>();
        private final List<Rest> changed = new ArrayList<>();
        private int changes;

        void change(int order, Condition condition, boolean isBeginning) {
            var rest = new Rest(condition);
            NavigableSet<Integer> rules = active.computeIfAbsent(rest, first -> new TreeSet<>());
            if (isBeginning) {
                rules.add(order);
            } else {
                rules.remove(order);
            }
            if (rules.isEmpty()) {
                active.remove(rest);
            }
            changed.add(rest);
        }

        /**
         * Says that all changes of a port were told. A piece with very many rules, each with a rest of its own, is widened by what
         * comes instead of cut: else all pieces together would take the square of the rules.
         */
        void reach(int port) {
            changes += changed.size();
            if (changes >= active.size() / RULES_TO_EACH_CHANGE) {
                cut(port);
            } else {
                changed.stream().map(active::get).filter(Objects::nonNull).forEach(rules -> orders.add(rules.first()));
            }
            changed.clear();
        }

        void cut(int port) {
            end();
            starts.add(port);
            active.values().forEach(rules -> orders.add(rules.first()));
            changes = 0;
        }

        private void end() {
            if (starts.size() > 0) {
                orders.sortFrom(ends.size() == 0 ? 0 : ends.get(ends.size() - 1));
                ends.add(orders.size());
            }
        }

        PortIndex index() {
            end();
            return new PortIndex(starts.toArray(), ends.toArray(), orders.toArray());
        }
    }

    /** What rules for the same port and user can still differ in: of those that do not, only the first matters. */
    private record Rest(Set<?> routes, Set<?> protocols, Set<?> methods, List<?> paths, boolean byAddress) {
        Rest(Condition condition) {
            this(
                    condition.routes(),
                    condition.protocols(),
                    condition.methods(),
                    condition.paths(),
                    condition.byAddress());
        }
    }
}
