package dev.tailnet.proxy.connect;

import java.time.Duration;

/**
 * Divides a dial's time among the addresses still to be tried, so that one that never answers leaves some for the next: an
 * equal share, though no less than two seconds while there are that many (as Go's {@code net.Dialer} does).
 */
final class DialShare {
    private static final Duration LEAST = Duration.ofSeconds(2);

    private DialShare() {}

    static Duration of(Duration remaining, int addresses) {
        Duration share = remaining.dividedBy(addresses);
        if (share.compareTo(LEAST) >= 0) {
            return share;
        }
        return remaining.compareTo(LEAST) < 0 ? remaining : LEAST;
    }
}
