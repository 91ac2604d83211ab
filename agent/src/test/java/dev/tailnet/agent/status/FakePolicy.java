package dev.tailnet.agent.status;

import dev.tailnet.proxy.policy.BasePolicy;
import dev.tailnet.proxy.policy.Internet;
import dev.tailnet.proxy.policy.OwnListeners;
import dev.tailnet.proxy.policy.Policy;
import dev.tailnet.proxy.policy.RulePolicy;
import dev.tailnet.proxy.policy.rules.Condition;
import dev.tailnet.proxy.policy.rules.Direction;
import dev.tailnet.proxy.policy.rules.Effect;
import dev.tailnet.proxy.policy.rules.HostPattern;
import dev.tailnet.proxy.policy.rules.Mode;
import dev.tailnet.proxy.policy.rules.Rule;
import dev.tailnet.proxy.policy.rules.RuleSet;
import java.util.List;
import java.util.Optional;

/** A policy that allows one name. */
final class FakePolicy implements PolicyView {
    private final RuleSet rules = new RuleSet(
            "test.yaml",
            Mode.ENFORCE,
            Effect.DENY,
            Effect.ALLOW,
            Effect.DENY,
            false,
            false,
            true,
            List.of(new Rule(
                    "db",
                    "test.yaml, line 3",
                    Direction.OUTBOUND,
                    Effect.ALLOW,
                    List.of(HostPattern.parse("db.internal")),
                    List.of(),
                    Condition.NONE,
                    Optional.empty())));

    @Override
    public Policy policy() {
        return new RulePolicy(new BasePolicy(Internet.DIRECT, new OwnListeners(List::of)), rules);
    }

    @Override
    public RuleSet rules() {
        return rules;
    }

    @Override
    public String reload() {
        throw new IllegalStateException("test.yaml line 1: nonsense");
    }
}
