package dev.tailnet.proxy.connect;

import dev.tailnet.proxy.policy.Policy;
import dev.tailnet.proxy.policy.Verdict;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.Route;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What may be dialed, and the way to it.
 *
 * @param address null for the target by its name, which the upstream proxy resolves
 * @param alsoCalled the target's other names, as its lookup told them
 * @param verdict why it may
 */
public record Candidate(@Nullable InetAddress address, Route route, List<String> alsoCalled, Verdict.Allowed verdict) {

    Candidate allowedBy(Verdict.Allowed other) {
        return new Candidate(address, route, alsoCalled, other);
    }

    /** What a policy says of a request that this leads on, target and address. */
    Verdict judgedBy(Policy policy, ConnectRequest request) {
        Verdict onTarget = policy.onTarget(request);
        boolean isOpen =
                onTarget instanceof Verdict.Allowed || (!alsoCalled.isEmpty() && policy.mayAllowByAnotherName(request));
        if (!isOpen) {
            return onTarget;
        }
        return address == null
                ? policy.onUnresolved(request, route)
                : policy.onAddress(request, alsoCalled, address, route);
    }
}
