package dev.tailnet.agent.tunnel;

import dev.tailnet.agent.node.OperationEvents;
import dev.tailnet.bridge.Code;
import dev.tailnet.bridge.NodeEvent;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** What has been asked of the node and not been answered. Each operation leaves this exactly once. */
public final class PendingOperations implements OperationEvents {
    private static final String GONE = "the agent is stopping";

    private final ConcurrentMap<Key, PendingOperation<?, ?>> waiting = new ConcurrentHashMap<>();
    private volatile boolean ended;

    /** One request's operations of different kinds have the same id. */
    private record Key(Class<?> kind, long id) {
        static Key of(PendingOperation<?, ?> operation) {
            return new Key(operation.getClass(), operation.id());
        }
    }

    /** To be called before the node is asked, as its answer may be quicker than the asking thread. */
    void add(PendingOperation<?, ?> operation) {
        waiting.put(Key.of(operation), operation);
        failIfEnded();
    }

    /** The node did not accept it: there will be no event. */
    void remove(PendingOperation<?, ?> operation) {
        waiting.remove(Key.of(operation), operation);
    }

    @Override
    public void dialed(NodeEvent.Dialed event) {
        complete(PendingDial.class, event.id(), event);
    }

    @Override
    public void closed(NodeEvent.Closed event) {
        complete(PendingTunnel.class, event.id(), event);
    }

    @Override
    public void resolved(NodeEvent.Resolved event) {
        complete(PendingLookup.class, event.id(), event);
    }

    @Override
    public void answered(NodeEvent.Answered event) {
        complete(PendingQuery.class, event.id(), event);
    }

    private <E> void complete(Class<? extends PendingOperation<?, E>> kind, long id, E event) {
        PendingOperation<?, E> operation = kind.cast(waiting.remove(new Key(kind, id)));
        if (operation != null) {
            operation.complete(event);
        }
    }

    @Override
    public void ended() {
        ended = true;
        failIfEnded();
    }

    private void failIfEnded() {
        if (!ended) {
            return;
        }
        waiting.forEach((key, operation) -> {
            if (waiting.remove(key, operation)) {
                operation.fail(Code.CANCELLED, GONE);
            }
        });
    }
}
