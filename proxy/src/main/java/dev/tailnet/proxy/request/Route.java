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
    /** From this host's own network, through the upstream proxy. */
    UPSTREAM_PROXY,
    /** In the tailnet's address range, and nobody has it: no way leads there. */
    UNOWNED
}
