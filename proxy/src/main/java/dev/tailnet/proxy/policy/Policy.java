package dev.tailnet.proxy.policy;

import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.Route;
import java.net.InetAddress;

/** Decides what may be reached. Asked twice for a name: before it is looked up, and for each address that came of it, or for the way when none will. Never blocks. */
public interface Policy {

    /** Judges the host as the client named it, and the port; a refusal here causes no lookup. */
    Verdict onTarget(ConnectRequest request);

    /**
     * Judges a name that somebody wants to have looked up, without saying what for. Allowed unless a policy says otherwise:
     * to know an address opens no way to it.
     *
     * @param name in lower case, without a trailing dot; empty for the root
     */
    default Verdict onLookup(String name) {
        return Verdict.allowed();
    }

    /**
     * Judges an address before it is dialed.
     *
     * @param address the host itself, or what its name resolved to
     * @param route the way that leads to the address
     */
    Verdict onAddress(ConnectRequest request, InetAddress address, Route route);

    /**
     * Judges a way on which a name is not looked up here: the upstream proxy at its end does that, and dials what it finds, so
     * that no address will be judged. Refused by a policy that does not say otherwise.
     */
    default Verdict onUnresolved(ConnectRequest request, Route route) {
        return Verdict.refused(
                "unresolved",
                request.target().host() + " would be resolved by another proxy, out of this policy's sight");
    }
}
