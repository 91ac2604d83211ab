package dev.tailnet.agent.node;

import dev.tailnet.bridge.NodeEvent;

/** Hears what became of operations that were started on the node. Called on one event loop, in the order of the stream. */
public interface OperationEvents {

    void dialed(NodeEvent.Dialed event);

    void closed(NodeEvent.Closed event);

    void resolved(NodeEvent.Resolved event);

    void answered(NodeEvent.Answered event);

    /** The node is gone: nothing more will come, whatever is still under way. */
    void ended();
}
