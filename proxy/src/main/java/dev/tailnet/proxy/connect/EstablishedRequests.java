package dev.tailnet.proxy.connect;

import dev.tailnet.proxy.policy.Policy;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** All that has been established and has not ended: what a new policy is asked about. Safe for use by any thread. */
final class EstablishedRequests {
    private final Set<Trail> trails = ConcurrentHashMap.newKeySet();

    void add(Trail trail) {
        trails.add(trail);
    }

    void remove(Trail trail) {
        trails.remove(trail);
    }

    int endWhatIsDenied(Policy policy) {
        int ended = 0;
        for (Trail trail : trails) {
            if (trail.endIfDenied(policy)) {
                ended++;
            }
        }
        return ended;
    }
}
