package dev.tailnet.agent;

import dev.tailnet.agent.config.Limits;
import dev.tailnet.proxy.connect.Timeouts;

/** The configured limits in the proxy's terms. */
final class LimitTerms {
    private LimitTerms() {}

    static dev.tailnet.proxy.server.Limits limits(Limits limits) {
        return new dev.tailnet.proxy.server.Limits(
                limits.handshake(), limits.connections(), limits.connectionsPerClient(), limits.headerSize());
    }

    static Timeouts timeouts(Limits limits) {
        return new Timeouts(Timeouts.DEFAULT.readiness(), Timeouts.DEFAULT.lookup(), limits.dial(), limits.idle());
    }
}
