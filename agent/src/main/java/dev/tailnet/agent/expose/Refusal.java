package dev.tailnet.agent.expose;

import dev.tailnet.bridge.Code;
import dev.tailnet.proxy.request.FailureReason;

/** Why a connection from the tailnet was not let in. */
public enum Refusal {
    /** The port is not exposed to this peer. */
    NOT_ALLOWED,
    /** The service answered with a reset: nobody listens. */
    CONNECTION_REFUSED,
    /** No way leads to the service, or its host does not answer. */
    UNREACHABLE,
    /** The service did not answer in time. */
    TIMEOUT,
    /** Out of file descriptors, ports or memory. */
    RESOURCES,
    /** The peer left before the connection was established, or the agent is stopping. */
    CANCELLED,
    /** Anything else; the message says what. */
    INTERNAL;

    static Refusal of(Code code) {
        return switch (code) {
            case DENIED -> NOT_ALLOWED;
            case REFUSED, RESET -> CONNECTION_REFUSED;
            case HOST_UNREACHABLE, NET_UNREACHABLE -> UNREACHABLE;
            case TIMEOUT -> TIMEOUT;
            case RESOURCES -> RESOURCES;
            case CANCELLED, NODE_DOWN -> CANCELLED;
            case OK, NO_SUCH_NAME, NOT_OWNED, IDLE, RESOLVE_FAILED, INTERNAL, UNKNOWN -> INTERNAL;
        };
    }

    /** As the audit has it. */
    FailureReason reason() {
        return switch (this) {
            case NOT_ALLOWED -> FailureReason.NOT_ALLOWED;
            case CONNECTION_REFUSED -> FailureReason.CONNECTION_REFUSED;
            case UNREACHABLE -> FailureReason.HOST_UNREACHABLE;
            case TIMEOUT -> FailureReason.TIMEOUT;
            case RESOURCES -> FailureReason.RESOURCES;
            case CANCELLED -> FailureReason.CANCELLED;
            case INTERNAL -> FailureReason.INTERNAL;
        };
    }
}
