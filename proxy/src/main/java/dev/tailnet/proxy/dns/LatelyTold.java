package dev.tailnet.proxy.dns;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Which names have been told of within the last minute: of so many at most, as a client may ask for any number of them. */
final class LatelyTold {
    private static final int MOST = 256;
    private static final long PAUSE_NANOS = Duration.ofMinutes(1).toNanos();

    private final Map<String, Long> times = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MOST;
        }
    };

    /**
     * Whether it is time to tell of a name, which is then taken for told.
     *
     * @param now by {@link System#nanoTime()}
     */
    synchronized boolean isDue(String name, long now) {
        Long last = times.get(name);
        if (last != null && now - last < PAUSE_NANOS) {
            return false;
        }
        times.remove(name);
        times.put(name, now);
        return true;
    }
}
