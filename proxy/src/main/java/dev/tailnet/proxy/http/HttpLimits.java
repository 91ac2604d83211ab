package dev.tailnet.proxy.http;

import java.time.Duration;

/**
 * How long HTTP connections are kept, and how many of them.
 *
 * @param keepAlive from one response to the next complete request head on a client's connection
 * @param upstreamIdle how long a connection to a target is kept for another request
 * @param upstreamPerTarget how many connections to one target each event loop keeps
 * @param upstreamInAll how many connections to all targets each event loop keeps
 */
public record HttpLimits(Duration keepAlive, Duration upstreamIdle, int upstreamPerTarget, int upstreamInAll) {
    public static final HttpLimits DEFAULT = new HttpLimits(Duration.ofMinutes(2), Duration.ofSeconds(30), 64, 256);

    public HttpLimits {
        if (upstreamPerTarget < 0 || upstreamInAll < 0) {
            throw new IllegalArgumentException("a number below zero is none");
        }
        if (!keepAlive.isPositive() || !upstreamIdle.isPositive()) {
            throw new IllegalArgumentException("a time that is not positive has passed already");
        }
    }
}
