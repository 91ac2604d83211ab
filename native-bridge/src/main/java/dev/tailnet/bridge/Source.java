package dev.tailnet.bridge;

/** Who answered a lookup: {@code enum tailnet_source} of {@code tailnet_bridge.h}. */
public enum Source {
    /** The names of the tailnet's nodes. */
    MAGICDNS,
    /** A resolver that the tailnet names for a domain. */
    SPLIT_DNS,
    /** The host's resolver and hosts file. */
    SYSTEM,
    /** A record of the tailnet's DNS settings. */
    EXTRA_RECORD,
    /** A name that spells a 4via6 address. */
    VIA,
    /** A resolver that the tailnet names for everything, the exit node's among them. */
    GLOBAL_DNS,
    /** Nobody: the lookup failed; or a source that this version does not know. */
    UNKNOWN;

    static Source of(int number) {
        return switch (number) {
            case 1 -> MAGICDNS;
            case 2 -> SPLIT_DNS;
            case 3 -> SYSTEM;
            case 4 -> EXTRA_RECORD;
            case 5 -> VIA;
            case 6 -> GLOBAL_DNS;
            default -> UNKNOWN;
        };
    }
}
