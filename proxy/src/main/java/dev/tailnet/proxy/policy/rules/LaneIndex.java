package dev.tailnet.proxy.policy.rules;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds among many rules with one destination those for a user and a port.
 *
 * @param anybody rules that ask for no role
 * @param byRole rules that do, under each role of theirs
 */
record LaneIndex(Ports anybody, Map<String, Ports> byRole) {

    static LaneIndex of(List<Rule> rules, int[] orders) {
        List<Integer> anybody = new ArrayList<>();
        Map<String, List<Integer>> byRole = new HashMap<>();
        Set<Condition> seen = Collections.newSetFromMap(new IdentityHashMap<>()); // most that are equal are one
        for (int order : orders) {
            Condition condition = rules.get(order).condition();
            if (!seen.add(condition)) {
                continue;
            }
            Set<String> roles = condition.roles();
            if (roles.isEmpty()) {
                anybody.add(order);
            }
            roles.forEach(role ->
                    byRole.computeIfAbsent(role, first -> new ArrayList<>()).add(order));
        }
        Map<String, Ports> ports = new HashMap<>();
        byRole.forEach((role, ofRole) -> ports.put(role, Ports.of(rules, ofRole)));
        return new LaneIndex(Ports.of(rules, anybody), ports);
    }

    @Nullable
    Ports of(@Nullable String role) {
        return role == null ? null : byRole.get(role);
    }

    /**
     * Cuts the ports where a rule begins or ends.
     *
     * @param starts the first port of each piece, ascending; the first piece begins at 0
     * @param pieces the rules for each piece that can be the first to fit, ascending
     */
    record Ports(int[] starts, int[][] pieces) {

        int[] at(int port) {
            int found = Arrays.binarySearch(starts, port);
            return pieces[found >= 0 ? found : -found - 2];
        }

        static Ports of(List<Rule> rules, List<Integer> orders) {
            var changes = new TreeMap<Integer, List<Change>>();
            changes.put(0, new ArrayList<>());
            for (int order : orders) {
                Condition condition = rules.get(order).condition();
                var rest = new Rest(condition);
                List<PortRange> ranges = condition.ports();
                if (ranges.isEmpty()) {
                    change(changes, 0, new Change(order, rest, true));
                }
                for (PortRange range : ranges) {
                    change(changes, range.from(), new Change(order, rest, true));
                    change(changes, range.to() + 1, new Change(order, rest, false));
                }
            }
            return sweep(changes);
        }

        private static void change(Map<Integer, List<Change>> changes, int port, Change change) {
            changes.computeIfAbsent(port, first -> new ArrayList<>(2)).add(change);
        }

        private static Ports sweep(TreeMap<Integer, List<Change>> changes) {
            int[] starts = new int[changes.size()];
            int[][] pieces = new int[changes.size()][];
            Map<Rest, Active> active = new HashMap<>();
            int piece = 0;
            for (var at : changes.entrySet()) {
                for (Change change : at.getValue()) {
                    Active rules = active.computeIfAbsent(change.rest(), first -> new Active());
                    rules.change(change);
                    if (rules.isEmpty()) {
                        active.remove(change.rest());
                    }
                }
                starts[piece] = at.getKey();
                pieces[piece++] = active.values().stream()
                        .mapToInt(Active::first)
                        .sorted()
                        .toArray();
            }
            return new Ports(starts, pieces);
        }
    }

    private record Change(int order, Rest rest, boolean begins) {}

    /** What rules for the same user and port can still differ in: of those that do not, only the first matters. */
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

    /** Rules with the same rest that hold for the port; overlapping ranges of one rule count. */
    private static final class Active {
        private final Map<Integer, Integer> counts = new HashMap<>();
        private final NavigableSet<Integer> orders = new TreeSet<>();

        void change(Change change) {
            if (counts.merge(change.order(), change.begins() ? 1 : -1, Integer::sum) == 0) {
                counts.remove(change.order());
                orders.remove(change.order());
            } else {
                orders.add(change.order());
            }
        }

        boolean isEmpty() {
            return orders.isEmpty();
        }

        int first() {
            return orders.first();
        }
    }
}
