package dev.tailnet.agent.audit;

/**
 * How the audit fares.
 *
 * @param written lines that the sink has taken
 * @param lost lines that nobody will see
 * @param waiting lines that the sink has not taken yet
 * @param trouble why lines cannot be written now; empty when they can
 */
public record AuditCounts(long written, long lost, int waiting, String trouble) {
    public static final AuditCounts NONE = new AuditCounts(0, 0, 0, "");
}
