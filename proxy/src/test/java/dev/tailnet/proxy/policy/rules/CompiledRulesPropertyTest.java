package dev.tailnet.proxy.policy.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That compiled rules say what one would read in them, rule by rule. With seeds of our own instead of a library for properties: few parts shrink well here, and a seed says it all. */
class CompiledRulesPropertyTest {
    private static final int POLICIES = 1_500;
    private static final int REQUESTS = 60;

    @ParameterizedTest
    @ValueSource(ints = {3, 12, 60, 250})
    void agreeWithANaiveReading(int most) {
        long first = new Random().nextLong();
        for (long seed = first; seed < first + POLICIES; seed++) {
            var random = new RandomRules(seed);
            RuleSet set = random.set(most);
            var compiled = CompiledRules.of(set);
            for (int i = 0; i < REQUESTS; i++) {
                Facts facts = random.facts();
                assertThat(compiled.judge(facts))
                        .as("seed %d, %s, %s", seed, facts, set)
                        .isEqualTo(read(set, facts, Match.YES));
                assertThat(compiled.foresee(facts).effect())
                        .as("seed %d, %s, %s", seed, facts, set)
                        .isEqualTo(read(set, facts, Match.PERHAPS).effect());
            }
        }
    }

    @Test
    void aDenialThatIsForeseenStays() {
        long first = new Random().nextLong();
        for (long seed = first; seed < first + POLICIES; seed++) {
            var random = new RandomRules(seed);
            var compiled = CompiledRules.of(random.set(12));
            for (int i = 0; i < REQUESTS; i++) {
                Facts all = random.facts();
                if (all.name() == null || all.usage() == null) {
                    continue;
                }
                var usage = all.usage();
                var early = new Facts(
                        all.name(),
                        null,
                        null,
                        new Facts.Usage(usage.port(), usage.protocol(), null, usage.role(), usage.http()));
                if (compiled.foresee(early).effect() == Effect.DENY) {
                    assertThat(compiled.judge(all).effect())
                            .as("seed %d, %s", seed, all)
                            .isEqualTo(Effect.DENY);
                }
            }
        }
    }

    private static Finding read(RuleSet set, Facts facts, Match leastToAllow) {
        for (Rule rule : set.rules()) {
            if (rule.effect() == Effect.DENY && fits(rule, facts) == Match.YES) {
                return new Finding(Effect.DENY, rule);
            }
        }
        for (Rule rule : set.rules()) {
            if (rule.effect() == Effect.ALLOW && fits(rule, facts).isAtLeast(leastToAllow)) {
                return new Finding(Effect.ALLOW, rule);
            }
        }
        return new Finding(set.fallback(), null);
    }

    private static Match fits(Rule rule, Facts facts) {
        return destination(rule, facts).and(rule.condition().matches(facts, rule.effect()));
    }

    private static Match destination(Rule rule, Facts facts) {
        if (rule.hosts().isEmpty() && rule.cidrs().isEmpty()) {
            return Match.YES;
        }
        String name = facts.name();
        if (name != null && rule.hosts().stream().anyMatch(host -> host.matches(name))) {
            return Match.YES;
        }
        if (facts.address() == null) {
            return rule.cidrs().isEmpty() ? Match.NO : Match.PERHAPS;
        }
        List<Cidr> cidrs = rule.cidrs();
        var address = facts.address();
        var embedded = facts.embedded();
        return Match.of(cidrs.stream().anyMatch(cidr -> cidr.contains(address))
                || (embedded != null && cidrs.stream().anyMatch(cidr -> cidr.contains(embedded))));
    }
}
