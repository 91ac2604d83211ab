/**
 * A real tailnet on this machine, for integration tests, the quickstart and the benchmark: Headscale as the control server with its
 * embedded DERP relay, and tailscaled processes as peers. Nothing is simulated, nothing needs an account, and closing a
 * {@link dev.tailnet.testnet.TestNetwork} leaves neither processes nor files.
 *
 * <p>This package knows nothing of tailnet-agent; every module may use it in tests.
 */
@NullMarked
package dev.tailnet.testnet;

import org.jspecify.annotations.NullMarked;
