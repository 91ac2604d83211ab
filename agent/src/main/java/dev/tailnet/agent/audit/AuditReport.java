package dev.tailnet.agent.audit;

/**
 * How an audit log fares.
 *
 * @param log a file, {@code stdout}, {@code journald} or {@code unix:PATH}
 * @param isRequired whether the agent is not ready while it cannot be written
 */
public record AuditReport(String log, boolean isRequired, AuditCounts counts) {}
