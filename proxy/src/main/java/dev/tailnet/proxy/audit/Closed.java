package dev.tailnet.proxy.audit;

import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.request.TunnelEnd;
import java.net.InetAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How an established tunnel ended.
 *
 * @param address where the tunnel led; null when the upstream proxy resolved the target's name
 * @param open how long the tunnel was open
 */
public record Closed(
        ConnectRequest request, @Nullable InetAddress address, Route route, TunnelEnd end, Duration open) {}
