package dev.tailnet.agent.tunnel;

import dev.tailnet.bridge.Code;
import dev.tailnet.bridge.NodeEvent;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;

/** A DNS query under way. */
final class PendingQuery extends DefaultPromise<byte[]> {
    private final long id;
    private final Duration timeout;
    private final Canceller canceller;

    PendingQuery(long id, Duration timeout, EventExecutor executor, Canceller canceller) {
        super(executor);
        this.id = id;
        this.timeout = timeout;
        this.canceller = canceller;
    }

    void complete(NodeEvent.Answered event) {
        if (event.code() == Code.OK) {
            trySuccess(event.response());
        } else {
            fail(event.code(), event.message());
        }
    }

    void fail(Code code, String message) {
        tryFailure(FailureTexts.lookup("a DNS query", timeout, code, message));
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (cancelled) {
            canceller.cancel(id);
        }
        return cancelled;
    }
}
