package dev.tailnet.proxy.policy;

import org.jspecify.annotations.Nullable;

/** What a policy says. */
public sealed interface Verdict {

    /**
     * Go ahead.
     *
     * @param rule a short stable name of the rule that allows it; null when none has to
     * @param wouldDeny what would be said if rules were obeyed and not just reported; null when the same
     * @param requiresName whether a tunnel has to show a name in its first bytes, which is judged as well: {@link
     *     Policy#onShownName}
     */
    record Allowed(@Nullable String rule, @Nullable Refused wouldDeny, boolean requiresName) implements Verdict {
        private static final Allowed INSTANCE = new Allowed(null, null, false);
    }

    /**
     * Not this one.
     *
     * @param rule a short stable name of the rule that matched, for logs
     * @param message cause and fix in one sentence, fit to be shown to the client
     */
    record Refused(String rule, String message) implements Verdict {}

    static Allowed allowed() {
        return Allowed.INSTANCE;
    }

    static Refused refused(String rule, String message) {
        return new Refused(rule, message);
    }
}
