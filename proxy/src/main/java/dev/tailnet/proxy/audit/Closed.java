package dev.tailnet.proxy.audit;

import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.request.TunnelEnd;
import java.net.InetAddress;
import java.time.Duration;

/**
 * How an established tunnel ended.
 *
 * @param open how long the tunnel was open
 */
public record Closed(ConnectRequest request, InetAddress address, Route route, TunnelEnd end, Duration open) {}
