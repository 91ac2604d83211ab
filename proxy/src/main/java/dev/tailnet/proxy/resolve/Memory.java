package dev.tailnet.proxy.resolve;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The names that are remembered, each for as long as its answer holds, the ones not asked for longest giving way. Not safe for threads. */
final class Memory {
    /** An answer is believed for no longer than this, whatever it says of itself. */
    private static final Duration LONGEST = Duration.ofMinutes(5);

    /** The same for the answer that there is none (RFC 2308, section 5). */
    private static final Duration LONGEST_NEGATIVE = Duration.ofMinutes(1);

    /** In place of what the system's resolver does not say. */
    private static final Duration SHORT = Duration.ofSeconds(5);

    private static final Duration SHORT_NEGATIVE = Duration.ofSeconds(1);

    private final Map<String, Remembered> entries;

    private record Remembered(Resolution resolution, long expires) {}

    Memory(int names) {
        entries = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Remembered> eldest) {
                return size() > names;
            }
        };
    }

    /** Null when nothing is remembered that still holds. */
    @Nullable
    Resolution recall(String name, long now) {
        Remembered entry = entries.get(name);
        if (entry == null) {
            return null;
        }
        long remaining = entry.expires() - now;
        if (remaining <= 0) {
            entries.remove(name);
            return null;
        }
        return entry.resolution().remembered(Duration.ofNanos(remaining));
    }

    void keep(String name, Resolution resolution, long now) {
        Duration lifetime = lifetime(resolution);
        if (lifetime.isPositive()) {
            entries.put(name, new Remembered(resolution, now + lifetime.toNanos()));
        }
    }

    private static Duration lifetime(Resolution resolution) {
        Duration said = resolution.timeToLive();
        if (said == null) {
            return resolution.exists() ? SHORT : SHORT_NEGATIVE;
        }
        Duration longest = resolution.exists() ? LONGEST : LONGEST_NEGATIVE;
        return said.compareTo(longest) < 0 ? said : longest;
    }

    void forget() {
        entries.clear();
    }

    int size() {
        return entries.size();
    }
}
