package dev.tailnet.agent.observe;

/**
 * All that is kept for an operator to look at.
 *
 * @param throughput samples of the last minutes
 */
public record Observed(
        LiveConnections connections, RefusedRequests refused, Ring<Throughput> throughput, RecentLines log) {}
