package dev.tailnet.bridge;

/** How the tailnet would carry packets to an address: {@code enum tailnet_route} of {@code tailnet_bridge.h}. */
public enum TailnetRoute {
    /** Not the tailnet's business: dial it directly, or not at all. */
    NONE,
    /** An address of a node of the tailnet, this node included. */
    PEER,
    /** Inside a subnet route that is in use. */
    SUBNET,
    /** Through the exit node in use. */
    EXIT_NODE,
    /** In 100.64.0.0/10 or fd7a:115c:a1e0::/48, and nobody has it. */
    UNOWNED,
    /** A route that this version does not know. */
    UNKNOWN;

    static TailnetRoute of(int number) {
        return switch (number) {
            case 0 -> NONE;
            case 1 -> PEER;
            case 2 -> SUBNET;
            case 3 -> EXIT_NODE;
            case 4 -> UNOWNED;
            default -> UNKNOWN;
        };
    }
}
