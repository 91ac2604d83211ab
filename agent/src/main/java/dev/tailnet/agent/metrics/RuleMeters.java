package dev.tailnet.agent.metrics;

import dev.tailnet.agent.audit.InboundDecision;
import dev.tailnet.proxy.audit.Decision;
import dev.tailnet.proxy.policy.rules.Direction;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.FailureReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Decisions by the rule of the policy that made them. There are as many rules as people write: the first count for themselves, the rest together. */
final class RuleMeters {
    private static final int MOST_RULES = 200;
    private static final String OTHERS = "(others)";

    private final MeterRegistry registry;
    private final Map<Kind, Map<String, Counter>> counters = new ConcurrentHashMap<>();

    RuleMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Each has rules of its own. */
    private record Kind(Direction direction, boolean isDenied) {}

    void decided(Decision decision) {
        count(Direction.OUTBOUND, decision.rule(), decision.failure());
    }

    void decided(InboundDecision decision) {
        count(Direction.INBOUND, decision.ruling().rule(), decision.failure());
    }

    private void count(Direction direction, @Nullable String rule, @Nullable ConnectFailure failure) {
        if (rule == null) {
            return;
        }
        var kind = new Kind(direction, failure != null && failure.reason() == FailureReason.NOT_ALLOWED);
        Map<String, Counter> ofKind = counters.computeIfAbsent(kind, first -> new ConcurrentHashMap<>());
        String shown = ofKind.containsKey(rule) || ofKind.size() < MOST_RULES ? rule : OTHERS;
        ofKind.computeIfAbsent(shown, name -> counter(name, kind)).increment();
    }

    private Counter counter(String rule, Kind kind) {
        return Counter.builder("tailnet.policy.decisions")
                .description("Requests, and connections from the tailnet, by the rule that decided")
                .tag("rule", rule)
                .tag("direction", Meters.name(kind.direction()))
                .tag("decision", kind.isDenied() ? "deny" : "allow")
                .register(registry);
    }
}
