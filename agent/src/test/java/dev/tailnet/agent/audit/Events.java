package dev.tailnet.agent.audit;

import dev.tailnet.proxy.audit.Closed;
import dev.tailnet.proxy.audit.Decision;
import dev.tailnet.proxy.audit.Ruling;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.ConnectRequest.Protocol;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.request.Target;
import dev.tailnet.proxy.request.TunnelEnd;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What the audit hears, made up. */
final class Events {
    static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678901Z");
    static final InetAddress ADDRESS = InetAddress.ofLiteral("100.64.0.7");
    static final InetSocketAddress CLIENT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 40000);

    private Events() {}

    static ConnectRequest request(long id, SocketAddress client) {
        return new ConnectRequest(id, Protocol.SOCKS5, client, "ci", new Target(new Host.Name("db.internal"), 5432));
    }

    static Decision allowed(long id) {
        return allowed(request(id, CLIENT));
    }

    static Decision allowed(ConnectRequest request) {
        return new Decision(
                request,
                List.of(ADDRESS),
                "MagicDNS",
                ADDRESS,
                Route.TAILNET,
                new Ruling("report", "databases", "not today"),
                null,
                Duration.ZERO,
                Duration.ofMillis(2),
                Duration.ofNanos(1_234_567));
    }

    static Decision denied(long id, String rule, String message) {
        return failed(id, rule, new ConnectFailure(FailureReason.NOT_ALLOWED, message));
    }

    static Decision failed(long id, @org.jspecify.annotations.Nullable String rule, ConnectFailure failure) {
        return new Decision(
                request(id, CLIENT),
                List.of(),
                null,
                null,
                null,
                new Ruling("enforce", rule, null),
                failure,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO);
    }

    static Closed closed(long id, TunnelEnd.Cause cause, String detail) {
        return new Closed(
                request(id, CLIENT),
                ADDRESS,
                Route.TAILNET,
                new TunnelEnd(cause, 10, 20, detail),
                Duration.ofSeconds(3));
    }
}
