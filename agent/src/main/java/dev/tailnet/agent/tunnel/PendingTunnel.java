package dev.tailnet.agent.tunnel;

import dev.tailnet.bridge.Code;
import dev.tailnet.bridge.NodeEvent;
import dev.tailnet.proxy.request.TunnelEnd;
import dev.tailnet.proxy.request.TunnelEnd.Cause;
import io.netty.util.concurrent.EventExecutor;

/** A tunnel whose end is awaited. */
final class PendingTunnel extends PendingOperation<TunnelEnd, NodeEvent.Closed> {

    PendingTunnel(long id, EventExecutor executor, Canceller canceller) {
        super(id, executor, canceller);
    }

    @Override
    void complete(NodeEvent.Closed event) {
        trySuccess(new TunnelEnd(cause(event.code()), event.bytesUp(), event.bytesDown(), event.message()));
    }

    @Override
    void fail(Code code, String message) {
        trySuccess(new TunnelEnd(cause(code), 0, 0, message));
    }

    private static Cause cause(Code code) {
        return switch (code) {
            case OK -> Cause.FINISHED;
            case RESET -> Cause.RESET;
            case IDLE -> Cause.IDLE;
            case CANCELLED, NODE_DOWN -> Cause.CANCELLED;
            case REFUSED,
                    HOST_UNREACHABLE,
                    NET_UNREACHABLE,
                    TIMEOUT,
                    NO_SUCH_NAME,
                    NOT_OWNED,
                    RESOURCES,
                    RESOLVE_FAILED,
                    DENIED,
                    INTERNAL,
                    UNKNOWN -> Cause.ERROR;
        };
    }

    /** Resets the tunnel. Its end still completes this, with {@link Cause#CANCELLED} and the bytes that passed. */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        if (isDone()) {
            return false;
        }
        cancelInLibrary();
        return true;
    }
}
