package dev.tailnet.proxy.policy.rules;

/** Which connections a rule is about. */
public enum Direction {
    /** Those of this host's programs: hosts and blocks are where they lead. */
    OUTBOUND,
    /** Those from the tailnet to what is exposed here: hosts and blocks are where they come from. */
    INBOUND
}
