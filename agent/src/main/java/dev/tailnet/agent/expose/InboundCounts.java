package dev.tailnet.agent.expose;

import java.util.Map;

/**
 * How many connections came from the tailnet to what is exposed.
 *
 * @param open now
 * @param accepted since the start
 * @param refused since the start, for each reason
 */
public record InboundCounts(int open, long accepted, Map<Refusal, Long> refused) {

    public InboundCounts {
        refused = Map.copyOf(refused);
    }

    public long refusedInAll() {
        return refused.values().stream().mapToLong(Long::longValue).sum();
    }
}
