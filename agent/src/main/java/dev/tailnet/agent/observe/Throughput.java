package dev.tailnet.agent.observe;

import java.time.Instant;

/**
 * What the proxies had carried at one moment, since the start.
 *
 * @param bytesUp from clients, and from peers to what is exposed
 * @param bytesDown to them
 */
public record Throughput(Instant time, long bytesUp, long bytesDown) {
    private static final int SAMPLES = 180;

    /** Keeps as many samples as a plot has room for. */
    public static Ring<Throughput> ring() {
        return new Ring<>(SAMPLES);
    }
}
