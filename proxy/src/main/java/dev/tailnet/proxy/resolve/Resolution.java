package dev.tailnet.proxy.resolve;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a name resolves to.
 *
 * @param addresses in the order to try them; empty when the name has none, or does not exist
 * @param alsoCalled the host's other names, where that is known for sure: the full one of a short name that was asked for, and the
 *     other way round; not what an alias (CNAME) leads to
 * @param timeToLive for how long that holds from now on; null when nobody said
 * @param answeredBy who knew, as shown to people: {@code MagicDNS}, {@code split DNS (192.0.2.53)}, {@code system}
 * @param cached whether it was known before it was asked for
 */
public record Resolution(
        List<InetAddress> addresses,
        List<String> alsoCalled,
        @Nullable Duration timeToLive,
        String answeredBy,
        boolean cached) {
    public Resolution {
        addresses = List.copyOf(addresses);
        alsoCalled = List.copyOf(alsoCalled);
    }

    public boolean exists() {
        return !addresses.isEmpty();
    }

    Resolution remembered(Duration remaining) {
        return new Resolution(addresses, alsoCalled, remaining, answeredBy, true);
    }
}
