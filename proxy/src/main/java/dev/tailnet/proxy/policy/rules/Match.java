package dev.tailnet.proxy.policy.rules;

/** Whether something fits, as far as the facts go; in the order from no to yes. */
enum Match {
    NO,
    /** What is not known yet decides. */
    PERHAPS,
    YES;

    static Match of(boolean fits) {
        return fits ? YES : NO;
    }

    /** Both have to fit. */
    Match and(Match other) {
        return compareTo(other) < 0 ? this : other;
    }

    boolean isAtLeast(Match other) {
        return compareTo(other) >= 0;
    }
}
