package dev.tailnet.proxy.policy;

/** What a policy says. */
public sealed interface Verdict {

    /** Go ahead. */
    record Allowed() implements Verdict {
        private static final Allowed INSTANCE = new Allowed();
    }

    /**
     * Not this one.
     *
     * @param rule a short stable name of the rule that matched, for logs
     * @param message cause and fix in one sentence, fit to be shown to the client
     */
    record Refused(String rule, String message) implements Verdict {}

    static Verdict allowed() {
        return Allowed.INSTANCE;
    }

    static Verdict refused(String rule, String message) {
        return new Refused(rule, message);
    }
}
