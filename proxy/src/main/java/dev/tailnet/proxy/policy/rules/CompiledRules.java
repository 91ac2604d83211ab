package dev.tailnet.proxy.policy.rules;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Rules in a form in which the number of rules hardly matters to a decision. Immutable. */
public final class CompiledRules {
    private final RuleSet set;
    private final HostIndex byHost;
    private final CidrIndex byBlock;
    private final Lanes forAll;
    /** Rules that an address yet unknown may turn out to fit. */
    private final Lane allowingBlocks;

    private final OtherNames allowedNames;

    private CompiledRules(RuleSet set) {
        this.set = set;
        List<Rule> rules = set.rules();
        byHost = HostIndex.of(rules);
        byBlock = CidrIndex.of(rules);
        var all = new Lanes.Builder();
        var blocks = new LaneTable.Builder();
        for (int order = 0; order < rules.size(); order++) {
            Rule rule = rules.get(order);
            if (rule.isForAll()) {
                all.add(0, order, rule.effect());
            } else if (!rule.cidrs().isEmpty() && rule.effect() == Effect.ALLOW) {
                blocks.add(0, order);
            }
        }
        forAll = all.build(rules, 1).at(0);
        allowingBlocks = blocks.build(rules, Effect.ALLOW, 1).at(0);
        allowedNames = OtherNames.allowedBy(rules);
    }

    /** Of those that are about what this host's programs connect to. */
    public static CompiledRules of(RuleSet set) {
        return new CompiledRules(set.of(Direction.OUTBOUND));
    }

    /** Of those that are about what the tailnet connects to here. */
    public static CompiledRules ofInbound(RuleSet set) {
        return new CompiledRules(set.of(Direction.INBOUND));
    }

    public RuleSet set() {
        return set;
    }

    HostIndex byHost() {
        return byHost;
    }

    CidrIndex byBlock() {
        return byBlock;
    }

    Lanes forAll() {
        return forAll;
    }

    /** Says whether the rest of the facts is worth finding out: a denial is final, anything else is not. */
    public Finding foresee(Facts facts) {
        return find(facts, Match.PERHAPS);
    }

    /** Says what becomes of a request, as far as the facts go: rules about what is unknown do not fit. */
    public Finding judge(Facts facts) {
        return find(facts, Match.YES);
    }

    private Finding find(Facts facts, Match leastToAllow) {
        var search = new Search(facts, leastToAllow);
        search.accept(forAll);
        if (facts.name() != null) {
            byHost.visit(facts.name(), search);
        }
        if (facts.address() != null) {
            byBlock.visit(facts.address(), search);
        } else if (leastToAllow == Match.PERHAPS) {
            search.allow(allowingBlocks, Match.PERHAPS);
        }
        if (facts.embedded() != null) {
            byBlock.visit(facts.embedded(), search);
        }
        return search.finding();
    }

    /** The first rule about just this host that would allow it for some use; null when there is none. For people. */
    public @Nullable Rule allowingOtherwise(Facts facts) {
        var search = new Search(new Facts(facts.name(), facts.address(), facts.embedded(), null), Match.PERHAPS);
        if (facts.name() != null) {
            byHost.visitNamed(facts.name(), lanes -> search.allow(lanes.allowing(), Match.PERHAPS));
        }
        if (facts.address() != null) {
            byBlock.visit(facts.address(), (cidr, lanes) -> search.allow(lanes.allowing(), Match.PERHAPS));
        }
        return search.finding().rule();
    }

    /** All rules that fit, those that deny first; for people. */
    public List<Rule> fitting(Facts facts) {
        List<Rule> denying = new ArrayList<>();
        List<Rule> allowing = new ArrayList<>();
        for (Rule rule : set.rules()) {
            if (reaches(rule, facts)
                    && rule.condition().matches(facts, rule.effect()).isAtLeast(Match.YES)) {
                (rule.effect() == Effect.DENY ? denying : allowing).add(rule);
            }
        }
        denying.addAll(allowing);
        return denying;
    }

    private static boolean reaches(Rule rule, Facts facts) {
        return rule.isForAll()
                || (facts.name() != null && rule.hosts().stream().anyMatch(pattern -> pattern.matches(facts.name())))
                || rule.cidrs().stream().anyMatch(cidr -> isIn(cidr, facts.address()) || isIn(cidr, facts.embedded()));
    }

    private static boolean isIn(Cidr cidr, @Nullable InetAddress address) {
        return address != null && cidr.contains(address);
    }

    /**
     * Whether a rule that may allow the request means its address, and has it not by the way.
     *
     * @param means whether a rule does, by a block of its
     */
    public boolean allowsAddress(Facts facts, BiPredicate<Cidr, Rule> means) {
        boolean[] found = {false};
        if (facts.address() != null) {
            byBlock.visit(
                    facts.address(),
                    (cidr, lanes) -> found[0] |= lanes.allowing().has(facts, rule -> means.test(cidr, rule)));
        }
        return found[0];
    }

    /** Whether a rule that may allow the request is about its name, and not just about every name. */
    public boolean allowsName(Facts facts) {
        boolean[] found = {false};
        if (facts.name() != null) {
            byHost.visitNamed(
                    facts.name(), lanes -> found[0] |= lanes.allowing().has(facts, rule -> true));
        }
        return found[0];
    }

    /** Whether one of the rules that allow may be about another name of the host that goes by this one, a shorter or longer one. */
    public boolean mayAllowAnotherNameOf(String name) {
        return allowedNames.mayInclude(name);
    }

    /** The lowest positions so far of rules that deny and that allow. */
    private final class Search implements Consumer<Lanes>, BiConsumer<Cidr, Lanes> {
        private final Facts facts;
        private final Match leastToAllow;
        private int denying = Lane.NONE;
        private int allowing = Lane.NONE;

        Search(Facts facts, Match leastToAllow) {
            this.facts = facts;
            this.leastToAllow = leastToAllow;
        }

        @Override
        public void accept(Lanes lanes) {
            denying = lanes.denying().first(facts, Match.YES, denying);
            allow(lanes.allowing(), leastToAllow);
        }

        @Override
        public void accept(Cidr cidr, Lanes lanes) {
            accept(lanes);
        }

        void allow(Lane lane, Match least) {
            allowing = lane.first(facts, least, allowing);
        }

        Finding finding() {
            if (denying != Lane.NONE) {
                return new Finding(Effect.DENY, set.rules().get(denying));
            }
            return allowing == Lane.NONE
                    ? new Finding(set.fallback(), null)
                    : new Finding(Effect.ALLOW, set.rules().get(allowing));
        }
    }
}
