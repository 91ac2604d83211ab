package dev.tailnet.proxy.connection;

import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.FailureReason;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Counts connections, in all and for each client, and says who is one too many. Safe for use by any thread. */
final class Admission {
    private final AtomicInteger all = new AtomicInteger();
    private final Map<Object, Integer> perClient = new ConcurrentHashMap<>();
    private volatile Most most;

    /**
     * @param all in all
     * @param perClient for each client; 0 is no limit
     */
    record Most(int all, int perClient) {}

    Admission(Most most) {
        this.most = most;
    }

    /** Who is in stays in. */
    void limit(Most most) {
        this.most = most;
    }

    /**
     * Lets one in, or not.
     *
     * @param client its address or the name of its user
     * @return why not; null when it is in, and to {@link #leave} at its end
     */
    @Nullable
    Rejection enter(Object client) {
        Most now = most;
        if (all.incrementAndGet() > now.all()) {
            all.decrementAndGet();
            return Rejection.MAX_CONNECTIONS;
        }
        int ofClient = perClient.merge(client, 1, Integer::sum);
        if (now.perClient() > 0 && ofClient > now.perClient()) {
            leave(client);
            return Rejection.MAX_CONNECTIONS_PER_CLIENT;
        }
        return null;
    }

    void leave(Object client) {
        all.decrementAndGet();
        perClient.computeIfPresent(client, (key, count) -> count == 1 ? null : count - 1);
    }

    /** What to tell one that was not let in. */
    ConnectFailure failure(Rejection rejection) {
        return new ConnectFailure(
                FailureReason.TOO_MANY_CONNECTIONS,
                rejection == Rejection.MAX_CONNECTIONS
                        ? most.all() + " connections are open, as many as there may be; close some, or raise the limit"
                        : "this client has " + most.perClient()
                                + " connections open, as many as one client may have; close some, or raise the limit");
    }
}
