package dev.tailnet.proxy.connect;

import dev.tailnet.proxy.policy.Policy;
import dev.tailnet.proxy.policy.Verdict;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.request.Target;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A policy that takes every request for one to this port: a test cannot listen on the ports that the world uses. */
record OnOtherPort(Policy policy, int port) implements Policy {

    private ConnectRequest moved(ConnectRequest request) {
        return new ConnectRequest(
                request.id(),
                request.protocol(),
                request.client(),
                request.role(),
                new Target(request.target().host(), port),
                request.http());
    }

    @Override
    public Verdict onTarget(ConnectRequest request) {
        return policy.onTarget(moved(request));
    }

    @Override
    public Verdict onAddress(ConnectRequest request, List<String> alsoCalled, InetAddress address, Route route) {
        return policy.onAddress(moved(request), alsoCalled, address, route);
    }

    @Override
    public Verdict onShownName(ConnectRequest request, InetAddress address, Route route, @Nullable String name) {
        return policy.onShownName(moved(request), address, route, name);
    }
}
