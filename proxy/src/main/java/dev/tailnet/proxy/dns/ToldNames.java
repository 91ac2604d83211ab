package dev.tailnet.proxy.dns;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which addresses clients have been told of which names, so that one who says "this address, which I was told of this name" can be
 * believed. Bounded; safe for use by any thread.
 */
final class ToldNames {
    private static final int MOST = 65_536;

    /** Programs keep addresses for longer than they may. */
    private static final Duration LEAST = Duration.ofMinutes(1);

    private final LongSupplier nanoTime;
    /** The one that was told longest ago comes first. */
    private final Map<Told, Host> hosts = new LinkedHashMap<>();

    ToldNames() {
        this(System::nanoTime);
    }

    ToldNames(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    private record Told(String name, InetAddress address) {}

    private record Host(List<String> alsoCalled, long end) {}

    synchronized void tell(
            String name, Collection<InetAddress> addresses, List<String> alsoCalled, Duration timeToLive) {
        long end = nanoTime.getAsLong() + (timeToLive.compareTo(LEAST) < 0 ? LEAST : timeToLive).toNanos();
        for (InetAddress address : addresses) {
            var told = new Told(name, address);
            hosts.remove(told);
            hosts.put(told, new Host(alsoCalled, end));
        }
        var oldest = hosts.keySet().iterator();
        while (hosts.size() > MOST) {
            oldest.next();
            oldest.remove();
        }
    }

    /** The other names of a host of which this address was told not long ago; null where it was not. */
    synchronized @Nullable List<String> alsoCalled(String name, InetAddress address) {
        Host host = hosts.get(new Told(name, address));
        return host == null || nanoTime.getAsLong() - host.end() >= 0 ? null : host.alsoCalled();
    }
}
