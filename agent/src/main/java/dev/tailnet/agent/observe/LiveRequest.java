package dev.tailnet.agent.observe;

import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.Route;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A request that is being served.
 *
 * @param address where it leads; null when the upstream proxy resolved the target's name
 * @param since when it was established, by {@link System#nanoTime}
 */
public record LiveRequest(
        ConnectRequest request,
        @Nullable InetAddress address,
        @Nullable Route route,
        long since) {}
