package dev.tailnet.proxy.policy;

import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.InboundRequest;
import dev.tailnet.proxy.request.Route;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A policy that is replaced as a whole while it is in use. Safe for use by any thread. */
public final class LivePolicy implements Policy {
    private volatile Policy current;

    public LivePolicy(Policy first) {
        current = first;
    }

    /** From now on requests begin with this one; those that have begun stay with theirs. */
    public void replace(Policy next) {
        current = next;
    }

    @Override
    public Policy current() {
        return current;
    }

    @Override
    public String mode() {
        return current.mode();
    }

    @Override
    public Verdict onTarget(ConnectRequest request) {
        return current.onTarget(request);
    }

    @Override
    public Verdict onLookup(String name) {
        return current.onLookup(name);
    }

    @Override
    public boolean mayAllowByAnotherName(ConnectRequest request) {
        return current.mayAllowByAnotherName(request);
    }

    @Override
    public boolean mayAllowByAnotherName(String name) {
        return current.mayAllowByAnotherName(name);
    }

    @Override
    public boolean judgesAnswers() {
        return current.judgesAnswers();
    }

    @Override
    public Verdict onAnswer(String name, List<String> alsoCalled, InetAddress address, Route route) {
        return current.onAnswer(name, alsoCalled, address, route);
    }

    @Override
    public boolean hidesNames() {
        return current.hidesNames();
    }

    @Override
    public Verdict onAddress(ConnectRequest request, List<String> alsoCalled, InetAddress address, Route route) {
        return current.onAddress(request, alsoCalled, address, route);
    }

    @Override
    public Verdict onUnresolved(ConnectRequest request, Route route) {
        return current.onUnresolved(request, route);
    }

    @Override
    public Verdict onShownName(ConnectRequest request, InetAddress address, Route route, @Nullable String name) {
        return current.onShownName(request, address, route, name);
    }

    @Override
    public Verdict onInbound(InboundRequest request) {
        return current.onInbound(request);
    }

    @Override
    public boolean isAboutInbound() {
        return current.isAboutInbound();
    }

    @Override
    public boolean endsWhatItDenies() {
        return current.endsWhatItDenies();
    }
}
