package dev.tailnet.agent.tunnel;

import dev.tailnet.bridge.Code;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.EventExecutor;

/**
 * Something that the node was asked for under an id. Cancelling it cancels it there.
 *
 * @param <T> what was asked for
 * @param <E> the event that tells what came of it
 */
abstract class PendingOperation<T, E> extends DefaultPromise<T> {
    private final long id;
    private final Canceller canceller;

    PendingOperation(long id, EventExecutor executor, Canceller canceller) {
        super(executor);
        this.id = id;
        this.canceller = canceller;
    }

    final long id() {
        return id;
    }

    abstract void complete(E event);

    abstract void fail(Code code, String message);

    final void cancelInLibrary() {
        canceller.cancel(id);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (cancelled) {
            cancelInLibrary();
        }
        return cancelled;
    }
}
