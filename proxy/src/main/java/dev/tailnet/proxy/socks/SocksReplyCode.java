package dev.tailnet.proxy.socks;

import dev.tailnet.proxy.request.FailureReason;

/** The REP field of a reply (RFC 1928, section 6), and which one each failure gets. */
enum SocksReplyCode {
    SUCCEEDED(0x00),
    GENERAL_FAILURE(0x01),
    NOT_ALLOWED(0x02),
    NETWORK_UNREACHABLE(0x03),
    HOST_UNREACHABLE(0x04),
    CONNECTION_REFUSED(0x05),
    TTL_EXPIRED(0x06),
    COMMAND_NOT_SUPPORTED(0x07),
    ADDRESS_TYPE_NOT_SUPPORTED(0x08);

    private final int code;

    SocksReplyCode(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    static SocksReplyCode of(FailureReason reason) {
        return switch (reason) {
            case NOT_ALLOWED -> NOT_ALLOWED;
            case CONNECTION_REFUSED -> CONNECTION_REFUSED;
            case HOST_UNREACHABLE, NAME_NOT_FOUND, RESOLUTION_FAILED, NOT_ON_TAILNET -> HOST_UNREACHABLE;
            case NETWORK_UNREACHABLE, NODE_NOT_READY -> NETWORK_UNREACHABLE;
            case TIMEOUT, RESOLUTION_TIMEOUT -> TTL_EXPIRED;
            case BAD_TARGET, CANCELLED, RESOURCES, INTERNAL -> GENERAL_FAILURE;
        };
    }
}
