/**
 * A tailnet node as Java objects, on top of {@code libtailscale.so}.
 *
 * <p>Short calls go in through JNA, frames come out of one file descriptor that the caller's event loop reads. The
 * bytes of tunnels never pass through Java. The package has no threads, no event loop and no logging of its own, and
 * knows nothing of proxies; whoever runs a node may use it.
 */
@NullMarked
package dev.tailnet.bridge;

import org.jspecify.annotations.NullMarked;
