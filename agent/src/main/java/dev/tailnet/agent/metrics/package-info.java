/**
 * The agent's numbers, in Prometheus' format. Counts what the proxy's audit tells and samples the rest when asked; serves
 * nothing itself. Called by {@code Agent} and {@code status}.
 */
@NullMarked
package dev.tailnet.agent.metrics;

import org.jspecify.annotations.NullMarked;
