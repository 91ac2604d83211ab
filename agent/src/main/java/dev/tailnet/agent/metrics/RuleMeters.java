package dev.tailnet.agent.metrics;

import dev.tailnet.proxy.audit.Decision;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.FailureReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Decisions by the rule of the policy that made them. There are as many rules as people write: the first count for themselves, the rest together. */
final class RuleMeters {
    private static final int MOST_RULES = 200;
    private static final String OTHERS = "(others)";

    private final MeterRegistry registry;
    private final Map<String, Counter> allowed = new ConcurrentHashMap<>();
    private final Map<String, Counter> denied = new ConcurrentHashMap<>();

    RuleMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    void decided(Decision decision) {
        String rule = decision.rule();
        if (rule == null) {
            return;
        }
        ConnectFailure failure = decision.failure();
        boolean isDenied = failure != null && failure.reason() == FailureReason.NOT_ALLOWED;
        Map<String, Counter> counters = isDenied ? denied : allowed;
        String shown = counters.containsKey(rule) || counters.size() < MOST_RULES ? rule : OTHERS;
        counters.computeIfAbsent(shown, name -> counter(name, isDenied ? "deny" : "allow"))
                .increment();
    }

    private Counter counter(String rule, String decision) {
        return Counter.builder("tailnet.policy.decisions")
                .description("Requests by the rule that decided")
                .tag("rule", rule)
                .tag("decision", decision)
                .register(registry);
    }
}
