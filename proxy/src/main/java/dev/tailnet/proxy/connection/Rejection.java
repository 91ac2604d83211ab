package dev.tailnet.proxy.connection;

/** Why a connection got no further, by its own doing rather than its target's. */
public enum Rejection {
    /** There were as many connections as there may be. */
    MAX_CONNECTIONS,
    /** Its client had as many as one client may have. */
    MAX_CONNECTIONS_PER_CLIENT,
    /** The request was not complete in time. */
    HANDSHAKE_TIMEOUT,
    /** The request's head was too large. */
    MAX_HEADER_SIZE,
    /** A user name and password were asked for, and there were none or not the right ones. */
    AUTHENTICATION
}
