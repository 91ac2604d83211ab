package dev.tailnet.proxy.policy.rules;

import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Rules of one effect that share a destination, in their order. */
final class Lane {
    static final int NONE = Integer.MAX_VALUE;
    static final Lane EMPTY = new Lane(List.of(), Effect.DENY, new int[0]);

    /** Beyond so many, an index is quicker than a look at each. */
    private static final int FEW = 8;

    private final List<Rule> rules;
    private final Effect effect;
    private final int[] orders;
    private final @Nullable LaneIndex lookup;

    /**
     * @param rules all rules
     * @param orders of those in this lane, ascending
     */
    Lane(List<Rule> rules, Effect effect, int[] orders) {
        this.rules = rules;
        this.effect = effect;
        this.orders = orders;
        this.lookup = orders.length > FEW ? LaneIndex.of(rules, orders) : null;
    }

    /** The first rule before {@code limit} whose condition fits at least so well; {@code limit} if there is none. */
    int first(Facts facts, Match least, int limit) {
        if (orders.length == 0 || orders[0] >= limit) {
            return limit;
        }
        Facts.Usage usage = facts.usage();
        if (lookup == null || usage == null) {
            return first(orders, facts, least, limit);
        }
        int best = first(lookup.anybody().at(usage.port()), facts, least, limit);
        LaneIndex.Ports ofRole = lookup.of(usage.role());
        return ofRole == null ? best : first(ofRole.at(usage.port()), facts, least, best);
    }

    private int first(int[] candidates, Facts facts, Match least, int limit) {
        for (int order : candidates) {
            if (order >= limit) {
                return limit;
            }
            if (rules.get(order).condition().matches(facts, effect).isAtLeast(least)) {
                return order;
            }
        }
        return limit;
    }

    /** Whether there is one that may fit and passes the test. For rare questions: looks at each. */
    boolean has(Facts facts, Predicate<Rule> test) {
        for (int order : orders) {
            Rule rule = rules.get(order);
            if (test.test(rule) && rule.condition().matches(facts, effect).isAtLeast(Match.PERHAPS)) {
                return true;
            }
        }
        return false;
    }

    boolean holds(int order) {
        return Arrays.binarySearch(orders, order) >= 0;
    }

    int size() {
        return orders.length;
    }

    /** The position among all rules of the one at {@code index} in this lane. */
    int order(int index) {
        return orders[index];
    }
}
