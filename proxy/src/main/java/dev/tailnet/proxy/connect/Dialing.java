package dev.tailnet.proxy.connect;

import dev.tailnet.proxy.dial.Upstream;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.OperationId;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The dials of one request, on its event loop, until one succeeds. Addresses inside the tailnet are tried one after the other:
 * the peer that is preferred may take a while to be woken. Of those outside, the next is tried along with the one before when
 * that has not answered soon (Happy Eyeballs, RFC 8305, section 5), unless an upstream proxy dials them.
 */
final class Dialing extends DefaultPromise<Upstream> {
    /** The Connection Attempt Delay that RFC 8305, section 8 recommends. */
    private static final Duration ATTEMPT_DELAY = Duration.ofMillis(250);

    private final Connector connector;
    private final ConnectRequest request;
    private final EventExecutor executor;
    private final Trail trail;
    private final List<Candidate> order;
    private final long deadline;

    private final List<Future<Upstream>> underWay = new ArrayList<>(1);
    private int next;
    private @Nullable Future<?> delay;
    private int failedFirst;
    private @Nullable ConnectFailure failure;

    Dialing(
            Connector connector,
            ConnectRequest request,
            List<Candidate> candidates,
            Trail trail,
            EventExecutor executor) {
        super(executor);
        this.connector = connector;
        this.request = request;
        this.executor = executor;
        this.trail = trail;
        this.order = AttemptOrder.of(candidates);
        this.failedFirst = order.size();
        this.deadline = System.nanoTime() + connector.timeouts.dial().toNanos();
    }

    Future<Upstream> begin() {
        trail.startStep();
        attempt();
        return this;
    }

    private void attempt() {
        int index = next++;
        Candidate candidate = order.get(index);
        trail.dialing(candidate);
        Future<Upstream> dial;
        try {
            dial = dial(index, candidate);
        } catch (RuntimeException e) {
            tryFailure(e);
            cancelAttempts();
            return;
        }
        underWay.add(dial);
        dial.addListener((Future<Upstream> done) -> ended(index, done));
        if (!isDone() && !dial.isDone() && next < order.size() && AttemptOrder.isRaced(candidate)) {
            delay = executor.schedule(this::attemptMore, ATTEMPT_DELAY.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private Future<Upstream> dial(int index, Candidate candidate) {
        long id = OperationId.of(request, index);
        Duration timeout = timeout(candidate, index);
        return Watchdog.over(
                connector.ways.dial(id, request.target(), candidate, timeout, executor),
                timeout,
                executor,
                () -> new ConnectFailure(FailureReason.TIMEOUT, "the dial of " + request.target() + " did not end"),
                Upstream::discard);
    }

    /** One that others may be tried along with need not leave them any time. */
    private Duration timeout(Candidate candidate, int index) {
        var remaining = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
        return AttemptOrder.isRaced(candidate) ? remaining : DialShare.of(remaining, order.size() - index);
    }

    private void attemptMore() {
        if (!isDone() && next < order.size()) {
            attempt();
        }
    }

    private void ended(int index, Future<Upstream> dial) {
        underWay.remove(dial);
        if (isDone()) {
            if (dial.isSuccess()) {
                dial.getNow().discard();
            }
        } else if (dial.isSuccess()) {
            trail.dialing(order.get(index));
            trail.dialEnded();
            setSuccess(dial.getNow());
            cancelAttempts();
        } else {
            failed(index, dial.cause());
        }
    }

    /** What the first address did is what the client hears of, should no other do better. */
    private void failed(int index, Throwable cause) {
        if (index < failedFirst) {
            failedFirst = index;
            failure = cause instanceof ConnectFailure known ? known : ConnectFailure.internal(cause);
        }
        if (next < order.size() && System.nanoTime() - deadline < 0) {
            cancelDelay();
            attempt();
        } else if (underWay.isEmpty() && failure != null) {
            trail.dialEnded();
            setFailure(failure);
        }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (cancelled) {
            trail.dialEnded();
            cancelAttempts();
        }
        return cancelled;
    }

    private void cancelAttempts() {
        cancelDelay();
        List.copyOf(underWay).forEach(dial -> dial.cancel(true));
    }

    private void cancelDelay() {
        if (delay != null) {
            delay.cancel(false);
            delay = null;
        }
    }
}
