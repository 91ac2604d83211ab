package dev.tailnet.bridge;

/** The way a dial takes: {@code enum tailnet_via} of {@code tailnet_bridge.h}. */
public enum Via {
    /** Through the tailnet, and only to what it owns: anything else is {@link Code#NOT_OWNED}. */
    TAILNET(0),
    /** From the host's own network stack. */
    DIRECT(1);

    private final int number;

    Via(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
