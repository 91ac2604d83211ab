/**
 * The benchmark behind {@code packaging/bench}: tailnet-agent against tailscaled's own proxy, both as programs, on one test network.
 * Measures from outside only: sockets, {@code /proc} and clocks.
 */
@NullMarked
package dev.tailnet.testnet.bench;

import org.jspecify.annotations.NullMarked;
