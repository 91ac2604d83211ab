package dev.tailnet.proxy.audit;

import org.jspecify.annotations.Nullable;

/**
 * What the policy said about a request.
 *
 * @param mode in which it was asked: {@code open}, {@code report} or {@code enforce}
 * @param rule the name of the rule that decided, or would have; null when none did
 * @param wouldDeny why the request would be refused if the policy were enforced; null when it would not, or was
 */
public record Ruling(
        String mode, @Nullable String rule, @Nullable String wouldDeny) {

    /** Not asked. */
    public static final Ruling NONE = new Ruling("open", null, null);
}
