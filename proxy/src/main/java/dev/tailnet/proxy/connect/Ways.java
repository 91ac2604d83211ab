package dev.tailnet.proxy.connect;

import dev.tailnet.proxy.dial.Dialer;
import dev.tailnet.proxy.dial.Gateway;
import dev.tailnet.proxy.dial.Upstream;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.request.Target;
import dev.tailnet.proxy.route.RouteTable;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The ways that connections take.
 *
 * @param tailnet dials what is neither direct nor through an upstream proxy
 * @param direct dials from this host's own network
 * @param proxied for direct targets; null when none goes through an upstream proxy. A name that the tailnet does not know is
 *     left to it
 */
public record Ways(Dialer tailnet, Dialer direct, @Nullable Gateway proxied) {

    /** The way through the upstream proxy, should a target outside the tailnet take it. */
    @Nullable
    Gateway proxiedFor(Target target) {
        return proxied != null && proxied.carries(target) ? proxied : null;
    }

    /** What leads to a target's addresses. */
    RouteTable routesTo(Target target, RouteTable routes) {
        return address -> {
            Route route = routes.routeOf(address);
            return route == Route.DIRECT && isProxied(target, address) ? Route.UPSTREAM_PROXY : route;
        };
    }

    /** @param id not in use by another dial or tunnel */
    Future<Upstream> dial(long id, Target target, Candidate candidate, Duration timeout, EventExecutor executor) {
        InetAddress address = candidate.address();
        if (address == null) {
            return gateway().dial(id, target, timeout, executor);
        }
        Dialer dialer = switch (candidate.route()) {
            case DIRECT -> direct;
            case UPSTREAM_PROXY -> gateway();
            case TAILNET, SUBNET, EXIT_NODE -> tailnet;
            case UNOWNED -> throw new IllegalArgumentException(address + " is nobody's");
        };
        return dialer.dial(id, new InetSocketAddress(address, target.port()), timeout, executor);
    }

    private Gateway gateway() {
        return Objects.requireNonNull(proxied, "a way through a proxy that there is none of");
    }

    private boolean isProxied(Target target, InetAddress address) {
        return proxied != null && proxied.carries(target, address);
    }
}
