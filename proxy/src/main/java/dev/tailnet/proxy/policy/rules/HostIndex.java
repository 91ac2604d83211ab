package dev.tailnet.proxy.policy.rules;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Rules by the names they are about: a tree of labels, from the top-level domain down. */
final class HostIndex {
    private final Node root = new Node();

    /** Of rules that are given in their order. */
    static HostIndex of(List<Rule> rules) {
        var index = new HostIndex();
        var places = new EnumMap<HostPattern.Scope, Map<Node, Lanes.Builder>>(HostPattern.Scope.class);
        for (int order = 0; order < rules.size(); order++) {
            Rule rule = rules.get(order);
            for (HostPattern pattern : rule.hosts()) {
                places.computeIfAbsent(pattern.scope(), first -> new IdentityHashMap<>())
                        .computeIfAbsent(index.node(pattern), first -> new Lanes.Builder())
                        .add(order, rule.effect());
            }
        }
        places.forEach((scope, nodes) -> nodes.forEach((node, lanes) -> node.set(scope, lanes.build(rules))));
        return index;
    }

    private Node node(HostPattern pattern) {
        Node node = root;
        String name = pattern.name();
        for (int end = name.length(); end > 0; ) {
            int dot = name.lastIndexOf('.', end - 1);
            node = node.child(name.substring(dot + 1, end));
            end = dot;
        }
        return node;
    }

    /** Shows the rules whose patterns match a normalised name. */
    void visit(String name, Consumer<Lanes> visitor) {
        root.show(HostPattern.Scope.ANY, visitor);
        visitNamed(name, visitor);
    }

    /** The same without those for every name. */
    void visitNamed(String name, Consumer<Lanes> visitor) {
        Node node = root;
        for (int end = name.length(); end > 0; ) {
            int dot = name.lastIndexOf('.', end - 1);
            node = node.children.get(name.substring(dot + 1, end));
            if (node == null) {
                return;
            }
            node.show(HostPattern.Scope.WITHIN, visitor);
            node.show(dot < 0 ? HostPattern.Scope.EXACT : HostPattern.Scope.BELOW, visitor);
            end = dot;
        }
    }

    /** Shows the rules whose patterns match every name that a pattern matches. */
    void visitCovering(HostPattern pattern, Consumer<Lanes> visitor) {
        root.show(HostPattern.Scope.ANY, visitor);
        if (pattern.scope() == HostPattern.Scope.ANY) {
            return;
        }
        Node node = root;
        String name = pattern.name();
        for (int end = name.length(); end > 0; ) {
            int dot = name.lastIndexOf('.', end - 1);
            node = node.children.get(name.substring(dot + 1, end));
            if (node == null) {
                return;
            }
            node.show(HostPattern.Scope.WITHIN, visitor);
            if (dot >= 0 || pattern.scope() == HostPattern.Scope.BELOW) {
                node.show(HostPattern.Scope.BELOW, visitor);
            }
            if (dot < 0 && pattern.scope() == HostPattern.Scope.EXACT) {
                node.show(HostPattern.Scope.EXACT, visitor);
            }
            end = dot;
        }
    }

    /** A label, in its place. */
    private static final class Node {
        private Map<String, Node> children = Map.of();
        private @Nullable Lanes exact;
        private @Nullable Lanes below;
        private @Nullable Lanes within;
        private @Nullable Lanes any;

        Node child(String label) {
            if (children.isEmpty()) {
                children = HashMap.newHashMap(1);
            }
            return children.computeIfAbsent(label, first -> new Node());
        }

        void set(HostPattern.Scope scope, Lanes lanes) {
            switch (scope) {
                case EXACT -> exact = lanes;
                case BELOW -> below = lanes;
                case WITHIN -> within = lanes;
                case ANY -> any = lanes;
            }
        }

        void show(HostPattern.Scope scope, Consumer<Lanes> visitor) {
            Lanes lanes = switch (scope) {
                case EXACT -> exact;
                case BELOW -> below;
                case WITHIN -> within;
                case ANY -> any;
            };
            if (lanes != null) {
                visitor.accept(lanes);
            }
        }
    }
}
