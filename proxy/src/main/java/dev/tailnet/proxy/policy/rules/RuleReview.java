package dev.tailnet.proxy.policy.rules;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is probably not meant about rules that are all valid: entries and rules that never decide anything, and an order that
 * misleads readers.
 */
public final class RuleReview {
    /** More are the same mistake again, and would take more memory than the rules. */
    private static final int MOST_REMARKS = 10_000;

    private final CompiledRules compiled;
    private final List<Remark> remarks = new ArrayList<>();

    private RuleReview(CompiledRules compiled) {
        this.compiled = compiled;
    }

    /**
     * A remark.
     *
     * @param where the rule stands, for people
     */
    public record Remark(String where, String text) {
        @Override
        public String toString() {
            return where + ": " + text;
        }
    }

    /** In the order of the rules. */
    public static List<Remark> of(CompiledRules... compiled) {
        List<Remark> remarks = new ArrayList<>();
        for (CompiledRules one : compiled) {
            var review = new RuleReview(one);
            List<Rule> rules = one.set().rules();
            for (int order = 0; order < rules.size(); order++) {
                review.review(order, rules.get(order));
            }
            review.reviewOrder(rules);
            remarks.addAll(review.remarks);
        }
        return List.copyOf(remarks);
    }

    private void review(int order, Rule rule) {
        if (rule.isForAll()) {
            Cover cover = cover(order, rule, List.of(compiled.forAll()));
            if (cover != null) {
                remark(rule, cover.why("the rule"));
            }
            return;
        }
        List<String> useless = new ArrayList<>();
        Set<Object> seen = new HashSet<>();
        for (HostPattern host : rule.hosts()) {
            List<Lanes> around = new ArrayList<>(List.of(compiled.forAll()));
            compiled.byHost().visitCovering(host, around::add);
            judge(order, rule, host, around, seen, useless);
        }
        for (Cidr cidr : rule.cidrs()) {
            List<Lanes> around = new ArrayList<>(List.of(compiled.forAll()));
            compiled.byBlock().visitCovering(cidr, (block, lanes) -> around.add(lanes));
            judge(order, rule, cidr, around, seen, useless);
        }
        if (useless.size() > 1
                && useless.size() == rule.hosts().size() + rule.cidrs().size()) {
            remark(rule, "the rule never decides: " + useless.getFirst() + ", and so on");
        } else {
            useless.forEach(why -> remark(rule, why));
        }
    }

    private void judge(int order, Rule rule, Object entry, List<Lanes> around, Set<Object> seen, List<String> useless) {
        boolean isOnly = rule.hosts().size() + rule.cidrs().size() == 1;
        if (!isOnly && !seen.add(entry)) {
            useless.add(entry + " stands here twice");
            return;
        }
        Cover cover = cover(order, rule, around);
        if (cover != null) {
            useless.add(cover.why(entry.toString()));
        } else if (!isOnly
                && around.stream()
                                .filter(lanes -> lanes.hold(order, rule.effect()))
                                .count()
                        > 1) {
            useless.add(entry + " is inside another entry of the same rule");
        }
    }

    /** The rule that has decided whatever gets as far as this one. */
    private @Nullable Cover cover(int order, Rule rule, List<Lanes> around) {
        for (Lanes lanes : around) {
            Rule denying = covering(lanes.denying(), rule, rule.effect() == Effect.DENY ? order : Lane.NONE);
            if (denying != null) {
                return new Cover(denying, rule.effect());
            }
            if (rule.effect() == Effect.ALLOW) {
                Rule allowing = covering(lanes.allowing(), rule, order);
                if (allowing != null && allowing.requireName().equals(rule.requireName())) {
                    return new Cover(allowing, rule.effect());
                }
            }
        }
        return null;
    }

    private @Nullable Rule covering(Lane lane, Rule rule, int before) {
        int found = lane.covering(rule.condition(), before);
        return found == before ? null : compiled.set().rules().get(found);
    }

    private record Cover(Rule by, Effect effect) {
        String why(String what) {
            String rule = "rule '" + by.name() + "' (" + by.where() + ")";
            return by.effect() == effect
                    ? what + " is in " + rule + " already"
                    : what + " is denied by " + rule + ": deny wins, wherever it stands";
        }
    }

    private void reviewOrder(List<Rule> rules) {
        Rule allowing = null;
        for (Rule rule : rules) {
            if (rule.effect() == Effect.ALLOW) {
                allowing = allowing == null ? rule : allowing;
            } else if (allowing != null) {
                remark(
                        rule,
                        "the rule denies, and stands behind '" + allowing.name() + "' (" + allowing.where()
                                + "), which allows: deny wins all the same, so write what denies first");
                return;
            }
        }
    }

    private void remark(Rule rule, String text) {
        if (remarks.size() < MOST_REMARKS) {
            remarks.add(new Remark("rule '" + rule.name() + "' (" + rule.where() + ")", text));
        }
    }
}
