package dev.tailnet.proxy.connect;

import dev.tailnet.proxy.policy.Policy;
import dev.tailnet.proxy.policy.Verdict;
import dev.tailnet.proxy.request.AddressText;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.route.RouteTable;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which of a target's addresses may be dialed, in the order to try them: those that the tailnet carries first, each group in
 * the order of the answer.
 *
 * @param failure why there is none; null when there is one
 * @param rule the policy's rule behind the failure, if it was one
 * @param refused the address that the rule is about; null when it is about none
 */
record Candidates(
        List<Candidate> inOrder,
        @Nullable ConnectFailure failure,
        @Nullable String rule,
        @Nullable Refused refused) {

    /** An address that the policy does not allow on its way. */
    record Refused(InetAddress address, Route route) {}

    /** Routes each address and has the policy judge it on that route; an address that nobody has is not even a question. */
    static Candidates of(
            ConnectRequest request,
            List<InetAddress> addresses,
            List<String> alsoCalled,
            RouteTable routes,
            Policy policy) {
        var overTailnet = new ArrayList<Candidate>(addresses.size());
        var directly = new ArrayList<Candidate>(0);
        ConnectFailure failure = null;
        String rule = null;
        Refused refused = null;
        for (InetAddress address : addresses) {
            Route route = routes.routeOf(address);
            if (route == Route.UNOWNED) {
                failure = failure == null ? unowned(address) : failure;
                continue;
            }
            switch (policy.onAddress(request, alsoCalled, address, route)) {
                case Verdict.Allowed allowed ->
                    (isOutside(route) ? directly : overTailnet).add(new Candidate(address, route, alsoCalled, allowed));
                case Verdict.Refused(String refusedBy, String message) -> {
                    if (failure == null) {
                        failure = new ConnectFailure(FailureReason.NOT_ALLOWED, message);
                        rule = refusedBy;
                        refused = new Refused(address, route);
                    }
                }
            }
        }
        overTailnet.addAll(directly);
        if (!overTailnet.isEmpty()) {
            return new Candidates(overTailnet, null, null, null);
        }
        return new Candidates(List.of(), failure == null ? noAddress(request) : failure, rule, refused);
    }

    /** Has the policy judge a name that the upstream proxy is to resolve. */
    static Candidates ofName(ConnectRequest request, Policy policy) {
        return switch (policy.onUnresolved(request, Route.UPSTREAM_PROXY)) {
            case Verdict.Allowed allowed ->
                new Candidates(
                        List.of(new Candidate(null, Route.UPSTREAM_PROXY, List.of(), allowed)), null, null, null);
            case Verdict.Refused(String refusedBy, String message) ->
                new Candidates(List.of(), new ConnectFailure(FailureReason.NOT_ALLOWED, message), refusedBy, null);
        };
    }

    private static boolean isOutside(Route route) {
        return route == Route.DIRECT || route == Route.UPSTREAM_PROXY;
    }

    private static ConnectFailure unowned(InetAddress address) {
        return new ConnectFailure(
                FailureReason.NOT_ON_TAILNET,
                AddressText.of(address) + " is an address of the tailnet's range that no node has: see the node's list"
                        + " of peers, and whether an ACL hides the one you want");
    }

    private static ConnectFailure noAddress(ConnectRequest request) {
        return new ConnectFailure(
                FailureReason.NAME_NOT_FOUND,
                request.target().host()
                        + " has no address: neither the tailnet's DNS nor this machine's knows the name");
    }
}
