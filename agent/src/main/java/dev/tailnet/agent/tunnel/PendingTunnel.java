package dev.tailnet.agent.tunnel;

import dev.tailnet.agent.node.TunnelEnds;
import dev.tailnet.bridge.Code;
import dev.tailnet.bridge.NodeEvent;
import dev.tailnet.proxy.request.TunnelEnd;
import io.netty.util.concurrent.EventExecutor;

/** A tunnel whose end is awaited. */
final class PendingTunnel extends PendingOperation<TunnelEnd, NodeEvent.Closed> {

    PendingTunnel(long id, EventExecutor executor, Canceller canceller) {
        super(id, executor, canceller);
    }

    @Override
    void complete(NodeEvent.Closed event) {
        trySuccess(
                new TunnelEnd(TunnelEnds.causeOf(event.code()), event.bytesUp(), event.bytesDown(), event.message()));
    }

    @Override
    void fail(Code code, String message) {
        trySuccess(new TunnelEnd(TunnelEnds.causeOf(code), 0, 0, message));
    }

    /** Resets the tunnel. Its end still completes this, with {@link TunnelEnd.Cause#CANCELLED} and the bytes that passed. */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        if (isDone()) {
            return false;
        }
        cancelInLibrary();
        return true;
    }
}
