package dev.tailnet.agent.policy;

import dev.tailnet.proxy.policy.rules.Condition;
import dev.tailnet.proxy.policy.rules.Direction;
import dev.tailnet.proxy.policy.rules.Effect;
import dev.tailnet.proxy.policy.rules.Mode;
import dev.tailnet.proxy.policy.rules.Rule;
import dev.tailnet.proxy.policy.rules.RuleSet;
import dev.tailnet.proxy.request.Route;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A policy in sentences, in the order in which it is asked. */
public final class PolicyText {
    private static final int SHOWN = 6;
    /** Nobody reads more, and a text of all of a hundred thousand would be as large as the policy. */
    private static final int SHOWN_RULES = 1_000;

    private PolicyText() {}

    public static String explain(RuleSet set) {
        List<String> lines = new ArrayList<>();
        lines.add(source(set) + mode(set));
        lines.add("");
        lines.add(
                "1. Denied unless a rule that allows names just this: loopback, link-local and metadata addresses, multicast,"
                        + " broadcast, the agent's own ports.");
        lines.add("2. --internet and --exit-node hold for every rule.");
        int step = 3;
        if (set.mode() != Mode.OPEN) {
            step = rules(lines, step, "Denied", set, Direction.OUTBOUND, Effect.DENY);
            if (set.privateDirect() == Effect.DENY) {
                lines.add(step++
                        + ". Denied: private addresses outside the tailnet, unless a rule that allows names a block"
                        + " of them.");
            }
            step = rules(lines, step, "Allowed", set, Direction.OUTBOUND, Effect.ALLOW);
        }
        lines.add(step + ". What is left is "
                + (set.mode() == Mode.OPEN || set.fallback() == Effect.ALLOW ? "allowed." : "denied."));
        if (set.requireName()) {
            lines.add("Connections by address to ports 80 and 443 have to show a name that is allowed.");
        }
        if (set.isAboutInbound()) {
            lines.add("");
            lines.add("From the tailnet, to what is exposed:");
            step = rules(lines, 1, "Denied", set, Direction.INBOUND, Effect.DENY);
            step = rules(lines, step, "Allowed", set, Direction.INBOUND, Effect.ALLOW);
            lines.add(step + ". What is left is " + (set.inboundFallback() == Effect.ALLOW ? "allowed." : "denied."));
        }
        return String.join("\n", lines) + "\n";
    }

    private static String source(RuleSet set) {
        return set.source().isEmpty() ? "No policy" : set.source();
    }

    private static String mode(RuleSet set) {
        return switch (set.mode()) {
            case OPEN -> ": rules are not asked";
            case REPORT -> ": what rules deny is reported, and let through";
            case ENFORCE -> ": rules are enforced";
        };
    }

    private static int rules(
            List<String> lines, int step, String verb, RuleSet set, Direction direction, Effect effect) {
        List<Rule> rules = set.rules().stream()
                .filter(rule -> rule.direction() == direction && rule.effect() == effect)
                .toList();
        if (rules.isEmpty()) {
            return step;
        }
        lines.add(step + ". " + verb + ":");
        rules.stream()
                .limit(SHOWN_RULES)
                .forEach(rule -> lines.add("   - " + rule.name() + ": " + text(rule) + " (" + rule.where() + ")"));
        if (rules.size() > SHOWN_RULES) {
            lines.add("   - and " + (rules.size() - SHOWN_RULES) + " more");
        }
        return step + 1;
    }

    private static String text(Rule rule) {
        List<Object> destinations = new ArrayList<>(rule.hosts());
        destinations.addAll(rule.cidrs());
        Condition condition = rule.condition();
        var text = new StringBuilder(
                destinations.isEmpty()
                        ? (rule.direction() == Direction.INBOUND ? "everybody" : "everything")
                        : joined(destinations));
        append(text, ", port ", condition.ports());
        append(text, ", through ", routes(condition.routes()));
        append(text, ", by ", condition.protocols().stream().map(Words::word).toList());
        append(text, ", method ", condition.methods());
        append(text, ", path ", condition.paths());
        append(text, ", for ", condition.roles());
        if (condition.byAddress()) {
            text.append(", asked for by the address itself");
        }
        rule.requireName().ifPresent(required -> text.append(required ? ", showing a name" : ", showing no name"));
        return text.toString();
    }

    private static List<String> routes(Set<Route> routes) {
        var shown = EnumSet.noneOf(Route.class);
        shown.addAll(routes);
        shown.remove(Route.UPSTREAM_PROXY);
        return shown.stream().map(Words::word).toList();
    }

    private static void append(StringBuilder text, String before, Collection<?> items) {
        if (!items.isEmpty()) {
            text.append(before).append(joined(items));
        }
    }

    private static String joined(Collection<?> items) {
        String shown = items.stream().limit(SHOWN).map(String::valueOf).collect(Collectors.joining(", "));
        return items.size() > SHOWN ? shown + " and " + (items.size() - SHOWN) + " more" : shown;
    }
}
