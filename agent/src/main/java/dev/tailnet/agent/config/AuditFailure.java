package dev.tailnet.agent.config;

/** What becomes of requests while the audit's lines cannot be written. In any case a metric and the log say so. */
public enum AuditFailure {
    /** They go on, and lines beyond what memory holds are lost, and counted. */
    CONTINUE,
    /** They go on likewise, and {@code /readyz} says that the agent is not ready. */
    NOT_READY,
    /** They wait, and fail when it lasts; {@code /readyz} says so too. */
    BLOCK
}
