package dev.tailnet.agent.node;

import java.util.Locale;

/** What keeps the node from running, for programs: the reason in words says the same to people. Names are added, never changed. */
public enum Trouble {
    /** Nothing, or nothing that is known yet. */
    NONE,
    /** The control server does not answer, or not as one. */
    CONTROL_UNREACHABLE,
    /** This machine does not trust the control server's certificate. */
    CONTROL_CERTIFICATE,
    /** There is neither an auth key nor a stored login. */
    KEY_MISSING,
    /** The control server does not know the auth key. */
    KEY_INVALID,
    KEY_EXPIRED,
    /** The auth key admits one node, and has done so. */
    KEY_USED,
    /** The control server refuses the login for another reason, such as its tags. */
    LOGIN_REFUSED,
    /** A person has to log the node in: it never was, or was logged out. */
    LOGIN_WANTED,
    NODE_KEY_EXPIRED,
    /** The control server does not know the node any more. */
    NODE_REMOVED,
    NEEDS_APPROVAL,
    /** Somebody took the node down, or the agent is stopping. */
    NODE_STOPPED,
    /** Logged in, but no relay and no network answers. */
    RELAY_UNREACHABLE,
    /** The library does not start. */
    NODE;

    /** {@code KEY_EXPIRED} as {@code key-expired}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
