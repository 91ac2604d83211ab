package dev.tailnet.proxy.connect;

import java.time.Duration;

/**
 * How long each step of a connection may take.
 *
 * @param readiness for the node to come up
 * @param lookup for a name to be resolved
 * @param dial for all the target's addresses together
 * @param idle how long a tunnel may carry no byte; zero means forever
 */
public record Timeouts(Duration readiness, Duration lookup, Duration dial, Duration idle) {
    public static final Timeouts DEFAULT =
            new Timeouts(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(15), Duration.ZERO);

    public Timeouts {
        requirePositive("readiness", readiness);
        requirePositive("lookup", lookup);
        requirePositive("dial", dial);
        if (idle.isNegative()) {
            throw new IllegalArgumentException("idle timeout " + idle + " is negative");
        }
    }

    private static void requirePositive(String name, Duration timeout) {
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException(name + " timeout " + timeout + " is not positive");
        }
    }
}
