package dev.tailnet.agent.observe;

import dev.tailnet.proxy.audit.Closed;
import dev.tailnet.proxy.audit.Decision;
import dev.tailnet.proxy.audit.Ruling;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.request.Target;
import dev.tailnet.proxy.request.TunnelEnd;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the audit hears of requests to a host. */
public final class Decisions {
    private static final InetAddress ADDRESS = InetAddress.ofLiteral("100.64.0.7");

    private Decisions() {}

    public static Decision established(long id, String host) {
        return decision(request(id, host, null), null);
    }

    public static Decision failed(long id, String host, FailureReason reason, String message) {
        return decision(request(id, host, null), new ConnectFailure(reason, message));
    }

    /** By a user of this name. */
    public static Decision failed(String role, String host, FailureReason reason, String message) {
        return decision(request(1, host, role), new ConnectFailure(reason, message));
    }

    public static Closed closed(long id, String host) {
        return new Closed(
                request(id, host, null),
                ADDRESS,
                Route.TAILNET,
                new TunnelEnd(TunnelEnd.Cause.FINISHED, 1, 2, ""),
                Duration.ofSeconds(1));
    }

    private static ConnectRequest request(long id, String host, @Nullable String role) {
        return new ConnectRequest(
                id,
                ConnectRequest.Protocol.SOCKS5,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000),
                role,
                new Target(new Host.Name(host), 443));
    }

    /** Let through by a policy that is only reported. */
    public static Decision reported(long id, String host, String wouldDeny) {
        return decision(request(id, host, null), null, new Ruling("report", "a-rule", wouldDeny));
    }

    private static Decision decision(ConnectRequest request, @Nullable ConnectFailure failure) {
        return decision(request, failure, failure == null ? Ruling.NONE : new Ruling("enforce", "a-rule", null));
    }

    private static Decision decision(ConnectRequest request, @Nullable ConnectFailure failure, Ruling ruling) {
        return new Decision(
                request,
                List.of(ADDRESS),
                null,
                ADDRESS,
                Route.TAILNET,
                ruling,
                failure,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO);
    }
}
