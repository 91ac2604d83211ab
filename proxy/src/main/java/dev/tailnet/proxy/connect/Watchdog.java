package dev.tailnet.proxy.connect;

import dev.tailnet.proxy.request.ConnectFailure;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Ends a step that does not end by itself, though it was told how long it may take: no client waits for ever. */
final class Watchdog {
    /** Long enough for a step's own deadline, which has the better reason, to come first. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private Watchdog() {}

    /**
     * Watches a step.
     *
     * @param timeout what the step was told
     * @param late the failure to give in its place
     * @param unwanted takes the result of a step that succeeds when nobody waits for it any more
     * @return what the step gives; cancelling it cancels the step
     */
    static <T> Future<T> over(
            Future<T> step,
            Duration timeout,
            EventExecutor executor,
            Supplier<ConnectFailure> late,
            Consumer<? super T> unwanted) {
        if (step.isDone()) {
            return step;
        }
        Promise<T> watched = executor.newPromise();
        var timer = executor.schedule(
                () -> {
                    if (watched.tryFailure(late.get())) {
                        step.cancel(true);
                    }
                },
                timeout.plus(GRACE).toNanos(),
                TimeUnit.NANOSECONDS);
        step.addListener((Future<T> done) -> {
            timer.cancel(false);
            if (!done.isSuccess()) {
                watched.tryFailure(done.cause());
            } else if (!watched.trySuccess(done.getNow())) {
                unwanted.accept(done.getNow());
            }
        });
        watched.addListener(done -> {
            if (done.isCancelled()) {
                step.cancel(true);
            }
        });
        return watched;
    }
}
