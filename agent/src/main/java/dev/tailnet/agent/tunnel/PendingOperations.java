package dev.tailnet.agent.tunnel;

import dev.tailnet.agent.node.OperationEvents;
import dev.tailnet.bridge.Code;
import dev.tailnet.bridge.NodeEvent;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** What has been asked of the node and not been answered. Each operation leaves this exactly once. */
public final class PendingOperations implements OperationEvents {
    private static final String GONE = "the agent is stopping";

    private final ConcurrentMap<Long, PendingDial> dials = new ConcurrentHashMap<>();
    private final ConcurrentMap<Long, PendingTunnel> tunnels = new ConcurrentHashMap<>();
    private final ConcurrentMap<Long, PendingLookup> lookups = new ConcurrentHashMap<>();
    private final ConcurrentMap<Long, PendingQuery> queries = new ConcurrentHashMap<>();
    private volatile boolean ended;

    /** To be called before the node is asked, as its answer may be quicker than the asking thread. */
    void add(long id, PendingDial dial) {
        dials.put(id, dial);
        failIfEnded();
    }

    void add(long id, PendingTunnel tunnel) {
        tunnels.put(id, tunnel);
        failIfEnded();
    }

    void add(long id, PendingLookup lookup) {
        lookups.put(id, lookup);
        failIfEnded();
    }

    void add(long id, PendingQuery query) {
        queries.put(id, query);
        failIfEnded();
    }

    /** The node did not accept it: there will be no event. */
    void remove(long id, PendingDial dial) {
        dials.remove(id, dial);
    }

    void remove(long id, PendingTunnel tunnel) {
        tunnels.remove(id, tunnel);
    }

    void remove(long id, PendingLookup lookup) {
        lookups.remove(id, lookup);
    }

    void remove(long id, PendingQuery query) {
        queries.remove(id, query);
    }

    @Override
    public void dialed(NodeEvent.Dialed event) {
        PendingDial dial = dials.remove(event.id());
        if (dial != null) {
            dial.complete(event);
        }
    }

    @Override
    public void closed(NodeEvent.Closed event) {
        PendingTunnel tunnel = tunnels.remove(event.id());
        if (tunnel != null) {
            tunnel.complete(event);
        }
    }

    @Override
    public void resolved(NodeEvent.Resolved event) {
        PendingLookup lookup = lookups.remove(event.id());
        if (lookup != null) {
            lookup.complete(event);
        }
    }

    @Override
    public void answered(NodeEvent.Answered event) {
        PendingQuery query = queries.remove(event.id());
        if (query != null) {
            query.complete(event);
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
        dials.forEach((id, dial) -> {
            if (dials.remove(id, dial)) {
                dial.fail(Code.CANCELLED, GONE);
            }
        });
        lookups.forEach((id, lookup) -> {
            if (lookups.remove(id, lookup)) {
                lookup.fail(Code.CANCELLED, GONE);
            }
        });
        queries.forEach((id, query) -> {
            if (queries.remove(id, query)) {
                query.fail(Code.CANCELLED, GONE);
            }
        });
        tunnels.forEach((id, tunnel) -> {
            if (tunnels.remove(id, tunnel)) {
                tunnel.fail(Code.CANCELLED, GONE);
            }
        });
    }
}
