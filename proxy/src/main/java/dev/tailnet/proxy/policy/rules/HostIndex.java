package dev.tailnet.proxy.policy.rules;

import dev.tailnet.proxy.policy.rules.HostPattern.Scope;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Rules by the names they are about. A name is looked for from its top-level domain down, each domain that it is in. */
final class HostIndex {
    private final NameTable names;
    private final Lanes.Table any;
    private final Map<Scope, Lanes.Table> lanes = new EnumMap<>(Scope.class);

    private HostIndex(List<Rule> rules) {
        names = new NameTable(
                rules.stream().mapToInt(rule -> rule.hosts().size()).sum());
        var forAny = new Lanes.Builder();
        var builders = new EnumMap<Scope, Lanes.Builder>(Scope.class);
        for (int order = 0; order < rules.size(); order++) {
            Rule rule = rules.get(order);
            for (HostPattern pattern : rule.hosts()) {
                if (pattern.scope() == Scope.ANY) {
                    forAny.add(0, order, rule.effect());
                } else {
                    builders.computeIfAbsent(pattern.scope(), first -> new Lanes.Builder())
                            .add(names.add(pattern.name()), order, rule.effect());
                }
            }
        }
        any = forAny.build(rules, 1);
        builders.forEach((scope, builder) -> lanes.put(scope, builder.build(rules, names.size())));
    }

    /** Of rules that are given in their order. */
    static HostIndex of(List<Rule> rules) {
        return new HostIndex(rules);
    }

    /** Shows the rules whose patterns match a normalised name. */
    void visit(String name, Consumer<Lanes> visitor) {
        visitor.accept(any.at(0));
        visitNamed(name, visitor);
    }

    /** The same without those for every name. */
    void visitNamed(String name, Consumer<Lanes> visitor) {
        names.visit(name, (number, isWhole) -> {
            show(Scope.WITHIN, number, visitor);
            show(isWhole ? Scope.EXACT : Scope.BELOW, number, visitor);
        });
    }

    /** Shows the rules whose patterns match every name that a pattern matches. */
    void visitCovering(HostPattern pattern, Consumer<Lanes> visitor) {
        visitor.accept(any.at(0));
        if (pattern.scope() == Scope.ANY) {
            return;
        }
        names.visit(pattern.name(), (number, isWhole) -> {
            show(Scope.WITHIN, number, visitor);
            if (!isWhole || pattern.scope() == Scope.BELOW) {
                show(Scope.BELOW, number, visitor);
            }
            if (isWhole && pattern.scope() == Scope.EXACT) {
                show(Scope.EXACT, number, visitor);
            }
        });
    }

    private void show(Scope scope, int number, Consumer<Lanes> visitor) {
        Lanes.Table table = lanes.get(scope);
        if (table != null) {
            visitor.accept(table.at(number));
        }
    }
}
