package dev.tailnet.agent.node;

import dev.tailnet.bridge.NodeEvent;

/** Hears of connections from the tailnet. Called on one event loop, in the order of the stream. */
public interface InboundEvents {

    /** One waits for a verdict. */
    void asked(NodeEvent.Asked event);

    void accepted(NodeEvent.Accepted event);

    void rejected(NodeEvent.Rejected event);

    void ended(NodeEvent.Ended event);

    /** The node is gone: nothing more will come. */
    void ended();
}
