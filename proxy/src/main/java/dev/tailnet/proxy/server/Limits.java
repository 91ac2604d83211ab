package dev.tailnet.proxy.server;

import java.time.Duration;

/**
 * What a server grants its clients.
 *
 * @param handshake from accept to a complete request
 * @param connections how many may be open at once, tunnels included
 */
public record Limits(Duration handshake, int connections) {
    public static final Limits DEFAULT = new Limits(Duration.ofSeconds(10), 100_000);

    public Limits {
        if (!handshake.isPositive()) {
            throw new IllegalArgumentException("handshake timeout " + handshake + " is not positive");
        }
        if (connections < 1) {
            throw new IllegalArgumentException("a limit of " + connections + " connections lets nobody in");
        }
    }
}
