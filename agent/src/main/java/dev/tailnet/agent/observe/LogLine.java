package dev.tailnet.agent.observe;

import java.time.Instant;

/**
 * A line of the log.
 *
 * @param level {@code error}, {@code warn}, {@code info}, {@code debug} or {@code trace}
 */
public record LogLine(Instant time, String level, String message) {}
