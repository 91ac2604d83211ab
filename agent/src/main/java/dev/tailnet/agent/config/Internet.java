package dev.tailnet.agent.config;

/** What happens to a target that the tailnet does not own. */
public enum Internet {
    /** It is dialed from the host's own network stack; through the exit node and not otherwise while one is wanted. */
    DIRECT,
    /** It is refused. */
    DENY,
    /** It is reached through the exit node, and refused while none is in use. */
    EXIT_NODE
}
