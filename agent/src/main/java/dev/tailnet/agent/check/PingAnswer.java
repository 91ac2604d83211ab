package dev.tailnet.agent.check;

import java.time.Duration;

/**
 * What came of a ping.
 *
 * @param node the node that owns the address, or routes to it; empty when it is not known
 * @param path {@code direct IP:PORT}, {@code DERP region}; empty without an answer
 * @param latency zero without an answer
 * @param error why there was none; empty when there was
 */
public record PingAnswer(String node, String path, Duration latency, String error) {
    boolean answered() {
        return error.isEmpty();
    }
}
