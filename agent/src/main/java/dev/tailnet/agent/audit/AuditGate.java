package dev.tailnet.agent.audit;

import dev.tailnet.proxy.connect.Readiness;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.FailureReason;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Lets nothing begin that could not be recorded: requests wait for the node, and then for the audit to have room. */
public final class AuditGate implements Readiness {
    private final Readiness node;
    private final AuditLog log;
    private final Set<Promise<Void>> waiting = ConcurrentHashMap.newKeySet();

    public AuditGate(Readiness node, AuditLog log) {
        this.node = node;
        this.log = log;
        log.onProgress(this::release);
    }

    @Override
    public boolean isReady() {
        return node.isReady() && log.hasRoom();
    }

    @Override
    public Future<Void> await(Duration timeout, EventExecutor executor) {
        if (node.isReady()) {
            return awaitRoom(timeout, executor);
        }
        long deadline = System.nanoTime() + timeout.toNanos();
        Promise<Void> both = executor.newPromise();
        Future<Void> up = node.await(timeout, executor);
        both.addListener(done -> {
            if (done.isCancelled()) {
                up.cancel(false);
            }
        });
        up.addListener((Future<Void> done) -> {
            if (!done.isSuccess()) {
                both.tryFailure(done.cause());
            } else if (!both.isDone()) {
                var left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
                Future<Void> room = awaitRoom(left, executor);
                both.addListener(end -> room.cancel(false));
                room.addListener((Future<Void> free) -> {
                    if (free.isSuccess()) {
                        both.trySuccess(null);
                    } else {
                        both.tryFailure(free.cause());
                    }
                });
            }
        });
        return both;
    }

    private Future<Void> awaitRoom(Duration timeout, EventExecutor executor) {
        Promise<Void> waiter = executor.newPromise();
        waiting.add(waiter);
        var deadline = executor.schedule(() -> waiter.tryFailure(failure()), timeout.toNanos(), TimeUnit.NANOSECONDS);
        waiter.addListener(done -> {
            waiting.remove(waiter);
            deadline.cancel(false);
        });
        if (log.hasRoom()) {
            waiter.trySuccess(null);
        }
        return waiter;
    }

    private ConnectFailure failure() {
        String trouble = log.counts().trouble();
        return new ConnectFailure(
                FailureReason.NODE_NOT_READY,
                "the audit log cannot be written, and nothing is let through without it: "
                        + (trouble.isEmpty() ? "too much is waiting to be written" : trouble));
    }

    private void release() {
        if (!waiting.isEmpty() && log.hasRoom()) {
            waiting.forEach(waiter -> waiter.trySuccess(null));
        }
    }
}
