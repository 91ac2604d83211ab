package dev.tailnet.proxy.dns;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Which addresses clients have been told of which names, so that one who says "this address, which I was told of this name" can be
 * believed. Bounded; safe for use by any thread.
 */
final class ToldNames {
    private static final int MOST = 65_536;

    /** Programs keep addresses for longer than they may. */
    private static final Duration LEAST = Duration.ofMinutes(1);

    private final LongSupplier nanoTime;
    /** When each ends; the one that was told longest ago comes first. */
    private final Map<Told, Long> ends = new LinkedHashMap<>();

    ToldNames() {
        this(System::nanoTime);
    }

    ToldNames(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    private record Told(String name, InetAddress address) {}

    synchronized void tell(String name, Collection<InetAddress> addresses, Duration timeToLive) {
        long end = nanoTime.getAsLong() + (timeToLive.compareTo(LEAST) < 0 ? LEAST : timeToLive).toNanos();
        for (InetAddress address : addresses) {
            var told = new Told(name, address);
            ends.remove(told);
            ends.put(told, end);
        }
        var oldest = ends.keySet().iterator();
        while (ends.size() > MOST) {
            oldest.next();
            oldest.remove();
        }
    }

    synchronized boolean wasTold(String name, InetAddress address) {
        Long end = ends.get(new Told(name, address));
        return end != null && nanoTime.getAsLong() - end < 0;
    }
}
