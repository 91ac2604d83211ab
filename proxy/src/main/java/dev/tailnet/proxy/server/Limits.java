package dev.tailnet.proxy.server;

import java.time.Duration;

/**
 * What a server grants its clients.
 *
 * @param handshake from accept to a complete request
 * @param connections how many may be open at once, tunnels included
 * @param connectionsPerClient how many of them one user or, where nobody is asked who he is, one address may have; 0 is no limit
 * @param headerSize bytes of an HTTP request's header fields
 */
public record Limits(Duration handshake, int connections, int connectionsPerClient, int headerSize) {
    public static final Limits DEFAULT = new Limits(Duration.ofSeconds(10), 10_000, 0, 32 * 1024);

    public Limits {
        if (!handshake.isPositive()) {
            throw new IllegalArgumentException("handshake timeout " + handshake + " is not positive");
        }
        if (connections < 1) {
            throw new IllegalArgumentException("a limit of " + connections + " connections lets nobody in");
        }
        if (connectionsPerClient < 0) {
            throw new IllegalArgumentException("a limit of " + connectionsPerClient + " connections is negative");
        }
        if (headerSize < 1) {
            throw new IllegalArgumentException("a header size of " + headerSize + " lets no request in");
        }
    }
}
