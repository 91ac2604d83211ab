package dev.tailnet.proxy.policy.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RuleReviewTest {
    @Test
    void nothingIsSaidOfRulesThatAllCount() {
        assertThat(review(
                        deny("a", "ads.example"),
                        deny("b", "*.ads.example"),
                        allow("c", ".example", "10.0.0.0/8"),
                        allow("d", "*")))
                .isEmpty();
    }

    @Test
    void anEntryThatABroaderRuleHasIsNamed() {
        assertThat(review(allow("wide", ".example"), allow("narrow", "www.example", "other.test")))
                .containsExactly("rule 'narrow' (line narrow): www.example is in rule 'wide' (line wide) already");
        assertThat(review(allow("wide", "10.0.0.0/8"), allow("narrow", "10.1.0.0/16", "192.168.0.0/16")))
                .containsExactly("rule 'narrow' (line narrow): 10.1.0.0/16 is in rule 'wide' (line wide) already");
    }

    @Test
    void aRuleWhoseEveryEntryIsUselessIsOneRemark() {
        assertThat(review(allow("wide", "*"), allow("narrow", "a.test", "b.test")))
                .containsExactly(
                        "rule 'narrow' (line narrow): the rule never decides: a.test is in rule 'wide' (line wide)"
                                + " already, and so on");
    }

    @Test
    void whatIsDeniedAnywayIsNotAllowed() {
        assertThat(review(deny("no", ".example"), allow("yes", "www.example")))
                .containsExactly(
                        "rule 'yes' (line yes): www.example is denied by rule 'no' (line no): deny wins, wherever"
                                + " it stands");
    }

    @Test
    void duplicatesAndNestedEntriesOfOneRuleAreNamed() {
        assertThat(review(deny("one", "a.test", "A.test.", ".b.test", "x.b.test", "10.0.0.0/8", "10.1.0.0/16")))
                .containsExactly(
                        "rule 'one' (line one): a.test stands here twice",
                        "rule 'one' (line one): x.b.test is inside another entry of the same rule",
                        "rule 'one' (line one): 10.1.0.0/16 is inside another entry of the same rule");
    }

    @Test
    void aRuleThatDeniesBehindOneThatAllowsIsUnsorted() {
        assertThat(review(allow("yes", "a.test"), deny("no", "b.test"), deny("neither", "c.test")))
                .containsExactly(
                        "rule 'no' (line no): the rule denies, and stands behind 'yes' (line yes), which allows:"
                                + " deny wins all the same, so write what denies first");
    }

    @Test
    void aNarrowerConditionCoversNothing() {
        Condition onPort = ports(443, 443);
        assertThat(review(rule("narrow", Effect.ALLOW, onPort, ".example"), allow("wide", "www.example")))
                .isEmpty();
        assertThat(review(allow("wide", ".example"), rule("narrow", Effect.ALLOW, onPort, "www.example")))
                .hasSize(1);
    }

    @Test
    void amongVeryManyRulesOfOneHostTheWiderOneIsFound() {
        List<Rule> rules = new ArrayList<>();
        for (int port = 1; port <= 1000; port++) {
            rules.add(rule("port" + port, Effect.ALLOW, ports(port, port), "a.test"));
        }
        rules.add(rule("again", Effect.ALLOW, ports(700, 700), "a.test"));
        rules.add(rule("wide", Effect.ALLOW, ports(1, 2000), "a.test"));
        rules.add(rule("inside", Effect.ALLOW, ports(1500, 1600), "a.test"));
        rules.add(rule("beyond", Effect.ALLOW, ports(1500, 3000), "a.test"));
        assertThat(review(rules.toArray(Rule[]::new)))
                .containsExactly(
                        "rule 'again' (line again): a.test is in rule 'port700' (line port700) already",
                        "rule 'inside' (line inside): a.test is in rule 'wide' (line wide) already");
    }

    private static Condition ports(int from, int to) {
        return new Condition(List.of(new PortRange(from, to)), Set.of(), Set.of(), Set.of(), List.of(), Set.of());
    }

    private static List<String> review(Rule... rules) {
        var set = new RuleSet(
                "test", Mode.ENFORCE, Effect.DENY, Effect.ALLOW, Effect.DENY, false, false, true, List.of(rules));
        return RuleReview.of(CompiledRules.of(set)).stream()
                .map(RuleReview.Remark::toString)
                .toList();
    }

    private static Rule allow(String name, String... entries) {
        return rule(name, Effect.ALLOW, Condition.NONE, entries);
    }

    private static Rule deny(String name, String... entries) {
        return rule(name, Effect.DENY, Condition.NONE, entries);
    }

    private static Rule rule(String name, Effect effect, Condition condition, String... entries) {
        return new Rule(
                name,
                "line " + name,
                Direction.OUTBOUND,
                effect,
                Arrays.stream(entries)
                        .filter(entry -> entry.indexOf('/') < 0)
                        .map(HostPattern::parse)
                        .toList(),
                Arrays.stream(entries)
                        .filter(entry -> entry.indexOf('/') >= 0)
                        .map(Cidr::parse)
                        .toList(),
                condition,
                Optional.empty());
    }
}
