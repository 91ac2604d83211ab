package dev.tailnet.proxy.policy.rules;

import java.util.Arrays;
import java.util.List;

/** The rules that share a destination. */
record Lanes(Lane denying, Lane allowing) {
    static final Lanes EMPTY = new Lanes(Lane.EMPTY, Lane.EMPTY);

    boolean hold(int order, Effect effect) {
        return switch (effect) {
            case DENY -> denying.holds(order);
            case ALLOW -> allowing.holds(order);
        };
    }

    /** Collects rules, in their order. */
    static final class Builder {
        private final Orders denying = new Orders();
        private final Orders allowing = new Orders();

        void add(int order, Effect effect) {
            switch (effect) {
                case DENY -> denying.add(order);
                case ALLOW -> allowing.add(order);
            }
        }

        Lanes build(List<Rule> rules) {
            return new Lanes(denying.lane(rules, Effect.DENY), allowing.lane(rules, Effect.ALLOW));
        }
    }

    /** Most have a single rule: lists of objects would be most of the memory. */
    private static final class Orders {
        private int[] orders = new int[1];
        private int size;

        void add(int order) {
            if (size > 0 && orders[size - 1] == order) {
                return;
            }
            if (size == orders.length) {
                orders = Arrays.copyOf(orders, size * 2);
            }
            orders[size++] = order;
        }

        Lane lane(List<Rule> rules, Effect effect) {
            return size == 0 ? Lane.EMPTY : new Lane(rules, effect, Arrays.copyOf(orders, size));
        }
    }
}
