package dev.tailnet.proxy.testing;

import dev.tailnet.proxy.policy.BasePolicy;
import dev.tailnet.proxy.policy.Internet;
import dev.tailnet.proxy.policy.OwnListeners;
import dev.tailnet.proxy.policy.RulePolicy;
import dev.tailnet.proxy.policy.rules.Cidr;
import dev.tailnet.proxy.policy.rules.Condition;
import dev.tailnet.proxy.policy.rules.Direction;
import dev.tailnet.proxy.policy.rules.Effect;
import dev.tailnet.proxy.policy.rules.HostPattern;
import dev.tailnet.proxy.policy.rules.Mode;
import dev.tailnet.proxy.policy.rules.Rule;
import dev.tailnet.proxy.policy.rules.RuleSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Rules in a line each, and policies of them. What has a slash is a block, anything else a name. */
public final class TestRules {
    private Mode mode = Mode.ENFORCE;
    private Effect fallback = Effect.DENY;
    private boolean requireName;
    private boolean hideNames;
    private final List<Rule> rules = new ArrayList<>();

    private TestRules() {}

    public static TestRules denyByDefault() {
        return new TestRules();
    }

    public static TestRules allowByDefault() {
        var made = new TestRules();
        made.fallback = Effect.ALLOW;
        return made;
    }

    public TestRules report() {
        mode = Mode.REPORT;
        return this;
    }

    public TestRules requireName() {
        requireName = true;
        return this;
    }

    public TestRules hideNames() {
        hideNames = true;
        return this;
    }

    public TestRules allow(String name, String... entries) {
        return add(name, Effect.ALLOW, Condition.NONE, entries);
    }

    public TestRules deny(String name, String... entries) {
        return add(name, Effect.DENY, Condition.NONE, entries);
    }

    /** What targets of tests on this host need. */
    public TestRules allowLoopback() {
        return allow("loopback", "127.0.0.0/8");
    }

    public TestRules add(String name, Effect effect, Condition condition, String... entries) {
        List<HostPattern> hosts = new ArrayList<>();
        List<Cidr> cidrs = new ArrayList<>();
        for (String entry : entries) {
            if (entry.indexOf('/') < 0) {
                hosts.add(HostPattern.parse(entry));
            } else {
                cidrs.add(Cidr.parse(entry));
            }
        }
        rules.add(new Rule(
                name,
                "rules.yaml, line " + (rules.size() + 1),
                Direction.OUTBOUND,
                effect,
                hosts,
                cidrs,
                condition,
                Optional.empty()));
        return this;
    }

    public RuleSet set() {
        return new RuleSet(
                "rules.yaml", mode, fallback, Effect.ALLOW, Effect.ALLOW, requireName, hideNames, true, rules);
    }

    public RulePolicy policy() {
        return new RulePolicy(new BasePolicy(Internet.DIRECT, new OwnListeners(List::of)), set());
    }
}
