/**
 * The proxy's wishes in the bridge's terms and back: dials, lookups, routes and tunnels by id. Decides nothing and moves
 * no bytes. Called by {@code Agent}, which gives these to the proxy.
 */
@NullMarked
package dev.tailnet.agent.tunnel;

import org.jspecify.annotations.NullMarked;
