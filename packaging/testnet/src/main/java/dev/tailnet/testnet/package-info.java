/**
 * A real tailnet on this machine, for integration tests, the quickstart and the benchmark: Headscale as the control server with its
 * embedded DERP relay, and tailscaled processes as peers. Nothing is simulated, nothing needs an account, and closing a
 * {@link dev.tailnet.testnet.TestNetwork} leaves neither processes nor files.
 *
 * <p>Every module may use this package in tests. It uses no code of theirs: {@link dev.tailnet.testnet.AgentProcess} is tailnet-agent
 * as a program.
 */
@NullMarked
package dev.tailnet.testnet;

import org.jspecify.annotations.NullMarked;
