package dev.tailnet.agent.node;

import dev.tailnet.bridge.Code;
import dev.tailnet.proxy.request.TunnelEnd;
import dev.tailnet.proxy.request.TunnelEnd.Cause;

/** How what the bridge has moved ended, in the proxy's terms: outbound and inbound alike. */
public final class TunnelEnds {
    private TunnelEnds() {}

    /** What ended it; a peer that refuses what it had taken has reset it. */
    public static TunnelEnd.Cause causeOf(Code code) {
        return switch (code) {
            case OK -> Cause.FINISHED;
            case RESET, REFUSED -> Cause.RESET;
            case IDLE -> Cause.IDLE;
            case CANCELLED, NODE_DOWN -> Cause.CANCELLED;
            case HOST_UNREACHABLE,
                    NET_UNREACHABLE,
                    TIMEOUT,
                    NO_SUCH_NAME,
                    NOT_OWNED,
                    RESOURCES,
                    RESOLVE_FAILED,
                    DENIED,
                    INTERNAL,
                    UNKNOWN -> Cause.ERROR;
        };
    }
}
