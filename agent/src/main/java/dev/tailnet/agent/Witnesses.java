package dev.tailnet.agent;

import dev.tailnet.agent.metrics.Metrics;
import dev.tailnet.proxy.audit.AuditSink;
import dev.tailnet.proxy.audit.Slf4jAuditSink;

/** Who hears of every connection. */
final class Witnesses {
    private Witnesses() {}

    static AuditSink of(Metrics metrics, Auditing auditing) {
        return AuditSink.all(new Slf4jAuditSink(), metrics, auditing);
    }
}
