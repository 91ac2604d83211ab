package dev.tailnet.proxy.request;

/** Why no tunnel came about. Each protocol maps these to its own codes in one table. */
public enum FailureReason {
    /** The client asked for something that is no host and port. */
    BAD_TARGET,
    /** The policy refuses the target. */
    NOT_ALLOWED,
    /** The peer says that the tailnet's ACLs, or its own firewall, do not let the connection in. */
    DENIED_BY_PEER,
    /** The target answered with a reset. */
    CONNECTION_REFUSED,
    /** No answer from the host, or an ICMP that says so. */
    HOST_UNREACHABLE,
    /** There is no route to the address. */
    NETWORK_UNREACHABLE,
    /** The dial's deadline passed. */
    TIMEOUT,
    /** The name does not exist, or has no address. */
    NAME_NOT_FOUND,
    /** The resolver could not tell. */
    RESOLUTION_FAILED,
    /** The lookup's deadline passed. */
    RESOLUTION_TIMEOUT,
    /** An address of the tailnet's range that no node owns. */
    NOT_ON_TAILNET,
    /** The node is not up, for the reason in the message. */
    NODE_NOT_READY,
    /** The upstream proxy cannot be reached, refuses the agent, or does not do as a proxy should. */
    UPSTREAM_PROXY,
    /** The client went away, or the agent is stopping. */
    CANCELLED,
    /** Out of file descriptors, ports or memory. */
    RESOURCES,
    /** The client, or all clients together, have as many connections as they may. */
    TOO_MANY_CONNECTIONS,
    /** Anything else; the message says what. */
    INTERNAL
}
