package dev.tailnet.proxy.policy.rules;

/** What a rule does with what it matches. Where both kinds match, {@link #DENY} wins, whatever their order. */
public enum Effect {
    ALLOW,
    DENY
}
