package dev.tailnet.proxy.policy;

import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.InboundRequest;
import dev.tailnet.proxy.request.Route;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides what may be reached. Asked twice for a name: before it is looked up, and for each address that came of it, or for the way when none will. Never blocks. */
public interface Policy {

    /** The policy as it stands: all that is asked about one request is asked of one such. */
    default Policy current() {
        return this;
    }

    /** How its rules are used, in a word for logs: {@code open}, {@code report} or {@code enforce}. */
    default String mode() {
        return "open";
    }

    /** Judges the host as the client named it, and the port; a refusal here causes no lookup. */
    Verdict onTarget(ConnectRequest request);

    /**
     * Whether a request whose name {@link #onTarget} refuses may be allowed by another name of the same host, which a lookup in the
     * tailnet tells. Not where a rule is against the name itself.
     */
    default boolean mayAllowByAnotherName(ConnectRequest request) {
        return false;
    }

    /**
     * Judges a name that somebody wants to have looked up, without saying what for. Allowed unless a policy says otherwise:
     * to know an address opens no way to it.
     *
     * @param name in lower case, without a trailing dot; empty for the root
     */
    default Verdict onLookup(String name) {
        return Verdict.allowed();
    }

    /** The same as {@link #mayAllowByAnotherName(ConnectRequest)} for a name that {@link #onLookup} refuses. */
    default boolean mayAllowByAnotherName(String name) {
        return false;
    }

    /** Whether {@link #onAnswer} may say anything but yes. */
    default boolean judgesAnswers() {
        return false;
    }

    /**
     * Judges an address that is about to be told to who looked up its name, whatever it is wanted for.
     *
     * @param name as in {@link #onLookup}
     * @param alsoCalled its other names, which rules may be about
     * @param route the way that leads to the address
     */
    default Verdict onAnswer(String name, List<String> alsoCalled, InetAddress address, Route route) {
        return Verdict.allowed();
    }

    /** Whether a name that {@link #onLookup} refuses, or that has no address left, is to be said not to exist. */
    default boolean hidesNames() {
        return false;
    }

    /**
     * Judges an address before it is dialed.
     *
     * @param alsoCalled the target's other names, which rules may be about
     * @param address the host itself, or what its name resolved to
     * @param route the way that leads to the address
     */
    Verdict onAddress(ConnectRequest request, List<String> alsoCalled, InetAddress address, Route route);

    /**
     * Judges a way on which a name is not looked up here: the upstream proxy at its end does that, and dials what it finds, so
     * that no address will be judged. Refused by a policy that does not say otherwise.
     */
    default Verdict onUnresolved(ConnectRequest request, Route route) {
        return Verdict.refused(
                "unresolved",
                request.target().host() + " would be resolved by another proxy, out of this policy's sight");
    }

    /**
     * Judges what a client shows in the first bytes of a tunnel to an address, when {@link #onAddress} asked for that.
     *
     * @param name as it stands there; null when there is none, or none that can be read
     */
    default Verdict onShownName(ConnectRequest request, InetAddress address, Route route, @Nullable String name) {
        return Verdict.allowed();
    }

    /** Judges a connection from the tailnet, which what is exposed lets in. Allowed unless a policy says otherwise. */
    default Verdict onInbound(InboundRequest request) {
        return Verdict.allowed();
    }

    /** Whether {@link #onInbound} may say anything but yes, with no more to tell. */
    default boolean isAboutInbound() {
        return false;
    }

    /** Whether connections that it would not allow are to be ended when it takes effect. */
    default boolean endsWhatItDenies() {
        return false;
    }
}
