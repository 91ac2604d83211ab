package dev.tailnet.proxy.datagram;

/** Why a datagram went nowhere. */
public enum DropReason {
    /** It is not of the protocol's form. */
    MALFORMED,
    /** It is a fragment of SOCKS's own (RFC 1928, section 7), which few implement. */
    FRAGMENT,
    /** It is not from the association's client. */
    WRONG_SOURCE,
    /** Its target is refused by the policy, or cannot be reached. */
    NO_WAY,
    /** Its target would be one more than may be in use at a time. */
    TOO_MANY_TARGETS,
    /** Too many wait already. */
    QUEUE_FULL,
    /** It is longer than the client's side can carry. */
    TOO_LONG
}
