package dev.tailnet.agent;

import dev.tailnet.agent.metrics.Metrics;
import dev.tailnet.agent.metrics.MetricsPush;
import dev.tailnet.proxy.audit.AuditSink;
import dev.tailnet.proxy.audit.Slf4jAuditSink;
import java.util.Optional;
import java.util.stream.Stream;

/** Who hears of every connection. */
final class Witnesses {
    private Witnesses() {}

    static AuditSink of(Metrics metrics, Optional<MetricsPush> push, Watched watched, Auditing auditing) {
        return AuditSink.all(Stream.concat(
                        Stream.of(new Slf4jAuditSink(), metrics, auditing, watched.requests(), watched.refused()),
                        push.stream())
                .toArray(AuditSink[]::new));
    }
}
