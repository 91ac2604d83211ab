package dev.tailnet.proxy.policy.rules;

import java.util.List;

/** The rules that share a destination. */
record Lanes(Lane denying, Lane allowing) {

    boolean hold(int order, Effect effect) {
        return switch (effect) {
            case DENY -> denying.holds(order);
            case ALLOW -> allowing.holds(order);
        };
    }

    /**
     * Those of many destinations.
     *
     * @param denying and {@code allowing} with the same numbers
     */
    record Table(LaneTable denying, LaneTable allowing) {
        Lanes at(int destination) {
            return new Lanes(denying.at(destination), allowing.at(destination));
        }
    }

    /** Collects rules, in their order. */
    static final class Builder {
        private final LaneTable.Builder denying = new LaneTable.Builder();
        private final LaneTable.Builder allowing = new LaneTable.Builder();

        void add(int destination, int order, Effect effect) {
            switch (effect) {
                case DENY -> denying.add(destination, order);
                case ALLOW -> allowing.add(destination, order);
            }
        }

        /** @param count of destinations */
        Table build(List<Rule> rules, int count) {
            return new Table(denying.build(rules, Effect.DENY, count), allowing.build(rules, Effect.ALLOW, count));
        }
    }
}
