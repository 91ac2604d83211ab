package dev.tailnet.bridge;

/** What a client of the LocalAPI may do; each includes those before. */
public enum LocalApiPermission {
    NOTHING,
    READ,
    WRITE;

    /** Its number in {@code tailnet_bridge.h}. */
    int number() {
        return ordinal();
    }
}
