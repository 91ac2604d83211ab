package dev.tailnet.agent.service;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** How often the service manager's watchdog wants to hear of this process (sd_watchdog_enabled(3)). */
public final class WatchdogInterval {
    private static final Pattern MICROSECONDS = Pattern.compile("[0-9]{1,18}");

    private WatchdogInterval() {}

    /**
     * Half of what the watchdog waits at most.
     *
     * @param pid of this process: the variables may have been inherited from one that is watched
     * @return empty when there is no watchdog
     */
    public static Optional<Duration> of(Map<String, String> environment, long pid) {
        String watched = environment.getOrDefault("WATCHDOG_PID", "");
        String timeout = environment.getOrDefault("WATCHDOG_USEC", "");
        if (!(watched.isEmpty() || watched.equals(String.valueOf(pid)))
                || !MICROSECONDS.matcher(timeout).matches()) {
            return Optional.empty();
        }
        return Optional.of(
                        Duration.of(Long.parseLong(timeout), ChronoUnit.MICROS).dividedBy(2))
                .filter(Duration::isPositive);
    }
}
