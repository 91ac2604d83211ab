package dev.tailnet.agent.audit;

import dev.tailnet.proxy.audit.Closed;
import dev.tailnet.proxy.audit.Decision;
import java.time.Instant;

/** What becomes one line. */
sealed interface AuditEvent {

    Instant time();

    /** A request was decided. */
    record Decided(Instant time, Decision decision) implements AuditEvent {}

    /** What was established has ended. */
    record Ended(Instant time, Closed closed) implements AuditEvent {}

    /** A connection from the tailnet was decided. */
    record DecidedInbound(Instant time, InboundDecision decision) implements AuditEvent {}

    /** A connection from the tailnet has ended. */
    record EndedInbound(Instant time, InboundEnd end) implements AuditEvent {}

    /** The agent begins, or ends. */
    record Running(Instant time, boolean begins) implements AuditEvent {}

    /** Lines are missing here. */
    record Lost(Instant time, long count) implements AuditEvent {}
}
