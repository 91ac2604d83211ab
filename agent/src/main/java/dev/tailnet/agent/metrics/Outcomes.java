package dev.tailnet.agent.metrics;

import dev.tailnet.proxy.request.FailureReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One counter for each outcome of something. */
final class Outcomes {
    private final Counter established;
    private final Map<FailureReason, Counter> failed = new EnumMap<>(FailureReason.class);

    Outcomes(MeterRegistry registry, String meter, String description, Tag of) {
        established = counter(registry, meter, description, of, "established");
        for (FailureReason reason : FailureReason.values()) {
            failed.put(reason, counter(registry, meter, description, of, Meters.name(reason)));
        }
    }

    private static Counter counter(MeterRegistry registry, String meter, String description, Tag of, String outcome) {
        return Counter.builder(meter)
                .description(description)
                .tag(of.getKey(), of.getValue())
                .tag("outcome", outcome)
                .register(registry);
    }

    /** @param reason null when it came about */
    void count(@Nullable FailureReason reason) {
        Counter counter = reason == null ? established : failed.get(reason);
        if (counter != null) {
            counter.increment();
        }
    }
}
