package dev.tailnet.proxy.route;

import dev.tailnet.proxy.request.Route;
import java.net.InetAddress;

/** Tells which way leads to an address. Never blocks. */
@FunctionalInterface
public interface RouteTable {
    Route routeOf(InetAddress address);
}
