package dev.tailnet.proxy.testing;

import dev.tailnet.proxy.audit.AuditSink;
import dev.tailnet.proxy.audit.Closed;
import dev.tailnet.proxy.audit.Decision;
import dev.tailnet.proxy.request.ConnectFailure;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Keeps what it hears until a test asks for it. */
public final class RecordingAudit implements AuditSink {
    private static final int PATIENCE_SECONDS = 10;

    private final BlockingQueue<Decision> decisions = new LinkedBlockingQueue<>();
    private final BlockingQueue<Closed> closes = new LinkedBlockingQueue<>();

    @Override
    public void decided(Decision decision) {
        decisions.add(decision);
    }

    @Override
    public void closed(Closed closed) {
        closes.add(closed);
    }

    /** The next decision, waited for. */
    public Decision decision() {
        return next(decisions, "decision");
    }

    /** Waits for a decision, and leaves it for {@link #decision}. */
    public void awaitDecision() {
        Eventually.until(() -> !decisions.isEmpty());
    }

    /** Why the next request that is decided came to nothing, waited for. */
    public ConnectFailure failure() {
        return Objects.requireNonNull(decision().failure(), "an established tunnel");
    }

    /** The next close, waited for. */
    public Closed close() {
        return next(closes, "close");
    }

    /** Whether there is nothing that no test has asked for. */
    public boolean isEmpty() {
        return decisions.isEmpty() && closes.isEmpty();
    }

    private static <T> T next(BlockingQueue<T> queue, String what) {
        try {
            T next = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("no " + what + " within " + PATIENCE_SECONDS + " s");
            }
            return next;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
