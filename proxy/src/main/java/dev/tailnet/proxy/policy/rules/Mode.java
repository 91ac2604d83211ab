package dev.tailnet.proxy.policy.rules;

import java.util.Locale;

/** What rules are for. What is denied without any rule is denied in each mode. */
public enum Mode {
    /** Not asked. */
    OPEN,
    /** Asked, and what they deny is told but let through. */
    REPORT,
    /** Asked and obeyed. */
    ENFORCE;

    /** As it is written. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
