package dev.tailnet.proxy.request;

/** The way to an address. */
public enum Route {
    /** A node of the tailnet. */
    TAILNET,
    /** Behind a subnet router of the tailnet. */
    SUBNET,
    /** Through the exit node in use. */
    EXIT_NODE,
    /** From this host's own network. */
    DIRECT,
    /** In the tailnet's address range, and nobody has it: no way leads there. */
    UNOWNED
}
