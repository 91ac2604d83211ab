package dev.tailnet.agent.metrics;

import dev.tailnet.agent.audit.AuditCounts;
import dev.tailnet.agent.audit.AuditReport;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** How the audit log fares. All zero where there is none. */
final class AuditMeters {
    private AuditMeters() {}

    static void add(MeterRegistry registry, Supplier<@Nullable AuditReport> source) {
        lines(registry, source, "written", AuditCounts::written);
        lines(registry, source, "lost", AuditCounts::lost);
        Gauge.builder("tailnet.audit.waiting", source, audit -> counts(audit).waiting())
                .description("Lines of the audit that have not been written yet")
                .register(registry);
        Gauge.builder(
                        "tailnet.audit.broken",
                        source,
                        audit -> counts(audit).trouble().isEmpty() ? 0 : 1)
                .description("1 while the audit cannot be written")
                .register(registry);
    }

    private static void lines(
            MeterRegistry registry,
            Supplier<@Nullable AuditReport> source,
            String result,
            ToDoubleFunction<AuditCounts> count) {
        FunctionCounter.builder("tailnet.audit.lines", source, audit -> count.applyAsDouble(counts(audit)))
                .description("Lines of the audit by what became of them")
                .tag("result", result)
                .register(registry);
    }

    private static AuditCounts counts(Supplier<@Nullable AuditReport> source) {
        AuditReport report = source.get();
        return report == null ? AuditCounts.NONE : report.counts();
    }
}
