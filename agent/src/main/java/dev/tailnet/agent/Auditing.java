package dev.tailnet.agent;

import dev.tailnet.agent.audit.AuditGate;
import dev.tailnet.agent.audit.AuditLog;
import dev.tailnet.agent.audit.AuditReport;
import dev.tailnet.agent.audit.InboundDecision;
import dev.tailnet.agent.audit.InboundEnd;
import dev.tailnet.agent.audit.InboundWitness;
import dev.tailnet.agent.config.AuditFailure;
import dev.tailnet.agent.config.AuditSettings;
import dev.tailnet.agent.config.Settings;
import dev.tailnet.proxy.audit.AuditSink;
import dev.tailnet.proxy.audit.Closed;
import dev.tailnet.proxy.audit.Decision;
import dev.tailnet.proxy.connect.Readiness;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The audit log, if there is to be one: open before anything is decided, and until the last connection has ended. */
final class Auditing implements Part, AuditSink, InboundWitness {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final @Nullable AuditSettings settings;
    private final @Nullable AuditLog log;

    /** @param listeners where clients connect to */
    Auditing(Optional<AuditSettings> settings, Supplier<List<InetSocketAddress>> listeners, Clock clock) {
        this.settings = settings.orElse(null);
        this.log = settings.map(asked -> AuditLog.of(asked, listeners, clock)).orElse(null);
    }

    @Override
    public void open() throws StartFailure {
        if (log == null || settings == null) {
            return;
        }
        try {
            log.open();
        } catch (IOException e) {
            throw new StartFailure(
                    ExitCode.AUDIT,
                    "the audit log " + settings.target() + " cannot be opened: " + AuditLog.reason(e)
                            + ". Name another with --audit-log, or make it writable for this user",
                    e);
        }
    }

    @Override
    public void started() {
        if (log != null) {
            log.start();
        }
    }

    /** Whoever has moved the file lets the agent know by a reload. */
    @Override
    public void apply(Settings next) {
        if (log != null) {
            log.reopen();
        }
    }

    @Override
    public void decided(Decision decision) {
        if (log != null) {
            log.decided(decision);
        }
    }

    @Override
    public void closed(Closed closed) {
        if (log != null) {
            log.closed(closed);
        }
    }

    @Override
    public void decided(InboundDecision decision) {
        if (log != null) {
            log.decided(decision);
        }
    }

    @Override
    public void ended(InboundEnd end) {
        if (log != null) {
            log.ended(end);
        }
    }

    /** Whether nothing may begin that cannot be recorded. */
    boolean isRequired() {
        return log != null && settings != null && settings.onFailure() == AuditFailure.BLOCK;
    }

    /** Whether what begins now could be recorded, and its end as well. */
    boolean hasRoom() {
        return log == null || log.hasRoom();
    }

    /** What requests wait for: the node, and where nothing may go unrecorded the log as well. */
    Readiness before(Readiness node) {
        return log != null && isRequired() ? new AuditGate(node, log) : node;
    }

    /** How the log fares; null when there is none. */
    @Nullable
    AuditReport report() {
        return log == null || settings == null
                ? null
                : new AuditReport(
                        settings.target().toString(), settings.onFailure() != AuditFailure.CONTINUE, log.counts());
    }

    /** Writes what is left, for a while. To be called when nothing happens any more, which is after the other parts' end. */
    void end() {
        if (log != null) {
            log.close(PATIENCE);
        }
    }
}
