package dev.tailnet.bridge;

/** Who answered a lookup: {@code enum tailnet_source} of {@code tailnet_bridge.h}. */
public enum Source {
    /** The tailnet's own names and extra records. */
    MAGICDNS,
    /** A resolver that the tailnet names for a domain. */
    SPLIT_DNS,
    /** The host's resolver and hosts file. */
    SYSTEM,
    /** Nobody: the lookup failed; or a source that this version does not know. */
    UNKNOWN;

    static Source of(int number) {
        return switch (number) {
            case 1 -> MAGICDNS;
            case 2 -> SPLIT_DNS;
            case 3 -> SYSTEM;
            default -> UNKNOWN;
        };
    }
}
