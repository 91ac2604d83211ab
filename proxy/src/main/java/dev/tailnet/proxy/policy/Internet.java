package dev.tailnet.proxy.policy;

/** What becomes of targets outside the tailnet. */
public enum Internet {
    /** They are dialed from this host's own network. */
    DIRECT,
    /** They are refused. */
    DENY
}
