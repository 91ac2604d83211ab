package dev.tailnet.agent.node;

/** The backend's own states, in the order of {@code ipn.State}: the ordinal is the number on the bus. */
enum IpnState {
    NO_STATE,
    IN_USE_OTHER_USER,
    NEEDS_LOGIN,
    NEEDS_MACHINE_AUTH,
    STOPPED,
    STARTING,
    RUNNING;

    private static final IpnState[] VALUES = values();

    /** The state of a number; one that a newer library made up is {@link #NO_STATE}. */
    static IpnState of(int number) {
        return number >= 0 && number < VALUES.length ? VALUES[number] : NO_STATE;
    }
}
