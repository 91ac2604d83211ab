package dev.tailnet.agent.observe;

import java.util.List;

/** The last lines of the log. */
@FunctionalInterface
public interface RecentLines {
    /** Of a process whose log keeps none. */
    RecentLines NONE = number -> new Ring.Part<>(0, List.of());

    /** What was logged after a number and is still kept. */
    Ring.Part<LogLine> after(long number);
}
