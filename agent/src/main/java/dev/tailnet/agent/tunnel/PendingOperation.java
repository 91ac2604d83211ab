package dev.tailnet.agent.tunnel;

import dev.tailnet.bridge.Code;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;

/** Something that the node was asked for under an id, with a deadline; cancelling it cancels it there. */
abstract class PendingOperation<T> extends DefaultPromise<T> {
    private final long id;
    private final Duration timeout;
    private final Canceller canceller;

    PendingOperation(long id, Duration timeout, EventExecutor executor, Canceller canceller) {
        super(executor);
        this.id = id;
        this.timeout = timeout;
        this.canceller = canceller;
    }

    final long id() {
        return id;
    }

    final Duration timeout() {
        return timeout;
    }

    abstract void fail(Code code, String message);

    @Override
    public final boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (cancelled) {
            canceller.cancel(id);
        }
        return cancelled;
    }
}
