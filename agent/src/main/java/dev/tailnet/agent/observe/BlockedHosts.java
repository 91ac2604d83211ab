package dev.tailnet.agent.observe;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which hosts were refused most often, in little memory: when there are more hosts than places, the one with the fewest
 * refusals makes way and its count is passed on, so that a host which is asked for all the time is never missed (the
 * Space-Saving algorithm of Metwally, Agrawal and El Abbadi). Counts are exact as long as there are places.
 */
final class BlockedHosts {
    private static final Comparator<BlockedHost> MOST_FIRST =
            Comparator.comparingLong(BlockedHost::times).reversed().thenComparing(BlockedHost::host);

    private final int places;
    private final Map<String, Long> times = new HashMap<>();

    BlockedHosts(int places) {
        this.places = places;
    }

    synchronized void add(String host) {
        Long before = times.get(host);
        if (before == null && times.size() >= places) {
            Map.Entry<String, Long> fewest =
                    times.entrySet().stream().min(Map.Entry.comparingByValue()).orElseThrow();
            times.remove(fewest.getKey());
            before = fewest.getValue();
        }
        times.put(host, before == null ? 1 : before + 1);
    }

    synchronized List<BlockedHost> top(int most) {
        return times.entrySet().stream()
                .map(entry -> new BlockedHost(entry.getKey(), entry.getValue()))
                .sorted(MOST_FIRST)
                .limit(most)
                .toList();
    }
}
