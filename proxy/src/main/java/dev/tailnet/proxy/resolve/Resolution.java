package dev.tailnet.proxy.resolve;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a name resolves to.
 *
 * @param addresses in the order to try them; empty when the name has none, or does not exist
 * @param timeToLive for how long that holds from now on; null when nobody said
 * @param answeredBy who knew, as shown to people: {@code MagicDNS}, {@code split DNS (192.0.2.53)}, {@code system}
 * @param cached whether it was known before it was asked for
 */
public record Resolution(
        List<InetAddress> addresses, @Nullable Duration timeToLive, String answeredBy, boolean cached) {
    public Resolution {
        addresses = List.copyOf(addresses);
    }

    public boolean exists() {
        return !addresses.isEmpty();
    }

    Resolution remembered(Duration remaining) {
        return new Resolution(addresses, remaining, answeredBy, true);
    }
}
