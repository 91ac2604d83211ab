package dev.tailnet.proxy.policy.rules;

import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Rules of one effect that share a destination, in their order: a view of a {@link LaneTable}.
 *
 * @param rules all rules
 * @param orders of rules, of which those from {@code start} to before {@code end} are in this lane, ascending
 * @param lookup for a lane of many
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Lane(
        List<Rule> rules,
        Effect effect,
        int[] orders,
        int start,
        int end,
        @Nullable LaneIndex lookup) {
    static final int NONE = Integer.MAX_VALUE;

    private static final int COMPARED = 8;

    /** The first rule before {@code limit} whose condition fits at least so well; {@code limit} if there is none. */
    int first(Facts facts, Match least, int limit) {
        if (start == end || orders[start] >= limit) {
            return limit;
        }
        Facts.Usage usage = facts.usage();
        if (lookup == null || usage == null) {
            return first(orders, start, end, facts, least, limit);
        }
        PortIndex anybody = lookup.anybody();
        int piece = anybody.piece(usage.port());
        int best = first(anybody.orders(), anybody.start(piece), anybody.end(piece), facts, least, limit);
        Lane ofRole = lookup.of(usage.role());
        return ofRole == null ? best : ofRole.first(facts, least, best);
    }

    private int first(int[] candidates, int from, int to, Facts facts, Match least, int limit) {
        for (int i = from; i < to; i++) {
            int order = candidates[i];
            if (order >= limit) {
                return limit;
            }
            if (rules.get(order).condition().matches(facts, effect).isAtLeast(least)) {
                return order;
            }
        }
        return limit;
    }

    /**
     * A rule before {@code limit} that fits whatever a condition does; {@code limit} if none is found. Of very many rules it looks
     * at those that come first, as all pairs would take too long.
     */
    int covering(Condition condition, int limit) {
        if (lookup == null) {
            return covering(orders, start, end, condition, limit);
        }
        int best = covering(lookup.anybody(), condition.lowestPort(), condition, limit);
        best = covering(lookup.anybody(), condition.highestPort(), condition, best);
        if (condition.roles().isEmpty()) {
            return best;
        }
        Lane ofRole = lookup.of(condition.roles().iterator().next());
        return ofRole == null ? best : ofRole.covering(condition, best);
    }

    private int covering(PortIndex ports, int port, Condition condition, int limit) {
        int piece = ports.piece(port);
        return covering(ports.orders(), ports.start(piece), ports.end(piece), condition, limit);
    }

    private int covering(int[] candidates, int from, int to, Condition condition, int limit) {
        for (int i = from; i < Math.min(to, from + COMPARED) && candidates[i] < limit; i++) {
            if (rules.get(candidates[i]).condition().covers(condition)) {
                return candidates[i];
            }
        }
        return limit;
    }

    /** Whether there is one that may fit and passes the test. For rare questions: looks at each. */
    boolean has(Facts facts, Predicate<Rule> test) {
        for (int i = start; i < end; i++) {
            Rule rule = rules.get(orders[i]);
            if (test.test(rule) && rule.condition().matches(facts, effect).isAtLeast(Match.PERHAPS)) {
                return true;
            }
        }
        return false;
    }

    boolean holds(int order) {
        return Arrays.binarySearch(orders, start, end, order) >= 0;
    }
}
