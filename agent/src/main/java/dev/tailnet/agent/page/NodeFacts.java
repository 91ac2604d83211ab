package dev.tailnet.agent.page;

import dev.tailnet.agent.observe.Throughput;
import io.netty.util.concurrent.Future;
import tools.jackson.databind.node.ObjectNode;

/** What the page asks about the node. Called on the thread that renders, which completes the futures. */
public interface NodeFacts {

    /** As {@code /status} shows it. */
    String state();

    /** Why the node is not running, with the fix; empty when it is. */
    String reason();

    /** The document of {@code /status}, the caller's to change. */
    Future<ObjectNode> status();

    /**
     * Measures the round trip to a peer that is in use.
     *
     * @param address one of its tailnet addresses
     * @return milliseconds
     */
    Future<Double> ping(String address);

    /** What has been carried until now. */
    Throughput carried();
}
