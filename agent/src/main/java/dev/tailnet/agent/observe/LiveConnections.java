package dev.tailnet.agent.observe;

import java.util.List;

/** Shows the connections that are open. Not for an event loop. */
@FunctionalInterface
public interface LiveConnections {

    /** @param most how many are wanted: those that have moved the most bytes, the most first */
    Shown show(int most);

    /**
     * Some of the connections.
     *
     * @param open how many there are
     */
    record Shown(int open, List<LiveConnection> busiest) {
        public Shown {
            busiest = List.copyOf(busiest);
        }
    }
}
