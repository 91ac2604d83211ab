package dev.tailnet.agent.node;

import dev.tailnet.agent.node.NodeState.Outlook;
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

/** Lets connections wait for the node, and tells them why it does not come up. */
final class NodeReadiness implements Readiness {
    private final Set<Promise<Void>> waiting = ConcurrentHashMap.newKeySet();
    private volatile NodeState state;

    NodeReadiness(NodeState initial) {
        state = initial;
    }

    void update(NodeState next) {
        state = next;
        for (Promise<Void> waiter : waiting) {
            settle(waiter, next);
        }
    }

    @Override
    public boolean isReady() {
        return state.isRunning();
    }

    @Override
    public Future<Void> await(Duration timeout, EventExecutor executor) {
        Promise<Void> waiter = executor.newPromise();
        waiting.add(waiter);
        var deadline = executor.schedule(
                () -> waiter.tryFailure(failure(state.reason() + " (waited " + timeout.toSeconds() + " s)")),
                timeout.toMillis(),
                TimeUnit.MILLISECONDS);
        waiter.addListener(done -> {
            waiting.remove(waiter);
            deadline.cancel(false);
        });
        settle(waiter, state);
        return waiter;
    }

    private static void settle(Promise<Void> waiter, NodeState state) {
        if (state.isRunning()) {
            waiter.trySuccess(null);
        } else if (state.outlook() == Outlook.STUCK) {
            waiter.tryFailure(failure(state.reason()));
        }
    }

    private static ConnectFailure failure(String reason) {
        return new ConnectFailure(FailureReason.NODE_NOT_READY, "the node is not up: " + reason);
    }
}
