package dev.tailnet.proxy.connect;

import dev.tailnet.proxy.request.Route;
import java.net.Inet4Address;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** In which order addresses are dialed. */
final class AttemptOrder {
    private AttemptOrder() {}

    /**
     * Those inside the tailnet first, as they stand; then those outside, families in turn and beginning with that of the first
     * (RFC 8305, section 4).
     */
    static List<Candidate> of(List<Candidate> candidates) {
        List<Candidate> order = new ArrayList<>(candidates.size());
        Deque<Candidate> first = new ArrayDeque<>();
        Deque<Candidate> second = new ArrayDeque<>();
        for (Candidate candidate : candidates) {
            if (isInside(candidate)) {
                order.add(candidate);
            } else if (first.isEmpty() || sameFamily(first.getFirst(), candidate)) {
                first.add(candidate);
            } else {
                second.add(candidate);
            }
        }
        while (!first.isEmpty() || !second.isEmpty()) {
            if (!first.isEmpty()) {
                order.add(first.remove());
            }
            if (!second.isEmpty()) {
                order.add(second.remove());
            }
        }
        return order;
    }

    /** Whether the next may be dialed before this one has failed. */
    static boolean isRaced(Candidate candidate) {
        return candidate.route() == Route.DIRECT || candidate.route() == Route.EXIT_NODE;
    }

    private static boolean isInside(Candidate candidate) {
        return candidate.route() == Route.TAILNET || candidate.route() == Route.SUBNET;
    }

    private static boolean sameFamily(Candidate one, Candidate other) {
        return one.address() instanceof Inet4Address == other.address() instanceof Inet4Address;
    }
}
