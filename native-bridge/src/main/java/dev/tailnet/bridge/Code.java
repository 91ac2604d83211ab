package dev.tailnet.bridge;

/** What came of an operation: {@code enum tailnet_code} of {@code tailnet_bridge.h}. */
public enum Code {
    OK(0),
    /** The target answered with a reset. */
    REFUSED(1),
    /** No answer from the host, or an ICMP message that says so. */
    HOST_UNREACHABLE(2),
    /** No route leads to the address. */
    NET_UNREACHABLE(3),
    /** The deadline passed. */
    TIMEOUT(4),
    /** The name does not exist, or has no address. */
    NO_SUCH_NAME(5),
    /** Nobody in the tailnet owns the address. */
    NOT_OWNED(6),
    /** The node is not running. */
    NODE_DOWN(7),
    /** The operation was cancelled, or the node was closed. */
    CANCELLED(8),
    /** The tunnel ended by a reset of either side. */
    RESET(9),
    /** No byte passed in either direction for the idle timeout. */
    IDLE(10),
    /** Out of file descriptors, ports or memory. */
    RESOURCES(11),
    /** The resolver could not tell. */
    RESOLVE_FAILED(12),
    /** The port is exposed, but not to this peer; or the peer that was dialed refuses this node. */
    DENIED(13),
    /** Anything else; the message says what. */
    INTERNAL(255),
    /** A code that this version does not know. */
    UNKNOWN(-1);

    private static final Code[] BY_NUMBER = new Code[256];

    static {
        for (Code code : values()) {
            if (code.number >= 0) {
                BY_NUMBER[code.number] = code;
            }
        }
    }

    private final int number;

    Code(int number) {
        this.number = number;
    }

    static Code of(int number) {
        Code code = number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;
        return code == null ? UNKNOWN : code;
    }
}
