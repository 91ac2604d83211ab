package dev.tailnet.agent.policy;

import dev.tailnet.proxy.policy.rules.Cidr;
import dev.tailnet.proxy.policy.rules.Condition;
import dev.tailnet.proxy.policy.rules.Direction;
import dev.tailnet.proxy.policy.rules.Effect;
import dev.tailnet.proxy.policy.rules.HostPattern;
import dev.tailnet.proxy.policy.rules.PathPrefix;
import dev.tailnet.proxy.policy.rules.PortRange;
import dev.tailnet.proxy.policy.rules.Rule;
import dev.tailnet.proxy.policy.rules.RuleProtocol;
import dev.tailnet.proxy.request.Route;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/** Reads one rule after another. */
final class RuleParser {
    private static final String KEYS =
            "name, action, direction, hosts, cidrs, ports, routes, protocols, methods, paths, roles, by-address and require-name";
    private static final int LONGEST_NAME = 80;
    private static final Pattern METHOD = Pattern.compile("[A-Za-z][A-Za-z-]{0,31}");

    private final String source;
    private final ItemReader items;
    /** Rules mostly ask for the same besides the destination. */
    private final Map<Condition, Condition> conditions = new HashMap<>();

    RuleParser(String source, ItemReader items) {
        this.source = source;
        this.items = items;
    }

    /**
     * Reads to the end of the object that has just begun.
     *
     * @param number of the rule, from 1: its name if it has none
     * @return nothing if it has no effect; anything else that is wrong is a problem of a rule that is returned
     */
    Optional<Rule> read(Tokens tokens, int number) {
        var draft = new Draft("rule-" + number, tokens.line());
        int column = tokens.column();
        while (tokens.next() == JsonToken.PROPERTY_NAME) {
            String key = tokens.name();
            if (draft.keys.contains(key)) {
                items.problem(tokens, key + " was given before in this rule");
            }
            draft.keys.add(key);
            readKey(tokens, key, draft);
        }
        if (draft.effect == null && !draft.keys.contains("action")) {
            items.problem(
                    draft.line, column, "rule '" + draft.name + "' has no action: write action: allow or action: deny");
        }
        if (!(draft.methods.isEmpty() && draft.paths.isEmpty())
                && !(draft.protocols.isEmpty() || draft.protocols.equals(List.of(RuleProtocol.HTTP)))) {
            items.problem(
                    draft.line,
                    column,
                    "rule '" + draft.name + "': methods and paths are of plain HTTP alone: write protocols: http");
        }
        if (draft.byAddress && !draft.hosts.isEmpty()) {
            items.problem(
                    draft.line,
                    column,
                    "rule '" + draft.name + "': by-address is about clients that give no name, so that its hosts never"
                            + " fit: write two rules");
        }
        if (draft.direction == Direction.INBOUND) {
            checkInbound(draft, column);
        }
        return Optional.ofNullable(draft.rule(source, conditions));
    }

    private void checkInbound(Draft draft, int column) {
        List<String> foreign = Stream.of("routes", "methods", "paths", "by-address", "require-name")
                .filter(draft.keys::contains)
                .toList();
        if (!foreign.isEmpty()) {
            items.problem(
                    draft.line,
                    column,
                    "rule '" + draft.name + "': " + String.join(", ", foreign)
                            + " cannot be told of a connection from the tailnet (direction: inbound)");
        }
        if (draft.protocols.contains(RuleProtocol.HTTP)) {
            items.problem(
                    draft.line,
                    column,
                    "rule '" + draft.name
                            + "': what comes from the tailnet is not read as HTTP (direction: inbound): write tcp");
        }
    }

    private void readKey(Tokens tokens, String key, Draft draft) {
        switch (key) {
            case "name" -> draft.name = items.one(tokens, key, RuleParser::name).orElse(draft.name);
            case "action" ->
                draft.effect = items.one(tokens, key, text -> Words.of(Effect.class, text))
                        .orElse(null);
            case "direction" ->
                draft.direction = items.one(tokens, key, text -> Words.of(Direction.class, text))
                        .orElse(draft.direction);
            case "hosts" -> draft.hosts = items.list(tokens, key, HostPattern::parse);
            case "cidrs" -> draft.cidrs = items.list(tokens, key, Cidr::parse);
            case "ports" -> draft.ports = items.list(tokens, key, PortRange::parse);
            case "routes" -> draft.routes = items.list(tokens, key, RuleParser::route);
            case "protocols", "protocol" ->
                draft.protocols = items.list(tokens, key, text -> Words.of(RuleProtocol.class, text));
            case "methods" -> draft.methods = items.list(tokens, key, RuleParser::method);
            case "paths" -> draft.paths = items.list(tokens, key, PathPrefix::new);
            case "roles" -> draft.roles = items.list(tokens, key, text -> text);
            case "by-address" ->
                draft.byAddress = items.one(tokens, key, Words::bool).orElse(false);
            case "require-name" -> draft.requireName = items.one(tokens, key, Words::bool);
            default -> {
                items.problem(tokens, "unknown key '" + key + "': a rule has " + KEYS);
                tokens.next();
                tokens.skipChildren();
            }
        }
    }

    private static String name(String text) {
        if (!isName(text)) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no name for a rule: up to 80 letters, digits, spaces and ._:/+-");
        }
        return text;
    }

    /** Neither by an expression nor by a stream, as there may be very many rules. */
    private static boolean isName(String text) {
        if (text.isEmpty()
                || text.codePointCount(0, text.length()) > LONGEST_NAME
                || !isLetterOrNumber(text.codePointAt(0))) {
            return false;
        }
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int c = text.codePointAt(i);
            if (!isLetterOrNumber(c) && " ._:/+-".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    /** The categories L and N of Unicode. */
    private static boolean isLetterOrNumber(int c) {
        int type = Character.getType(c);
        return Character.isLetterOrDigit(c) || type == Character.LETTER_NUMBER || type == Character.OTHER_NUMBER;
    }

    private static String method(String text) {
        if (!METHOD.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + text + "' is no method of HTTP");
        }
        return text.toUpperCase(Locale.ROOT);
    }

    private static Set<Route> route(String text) {
        return switch (text) {
            case "tailnet" -> Set.of(Route.TAILNET);
            case "subnet" -> Set.of(Route.SUBNET);
            case "exit-node" -> Set.of(Route.EXIT_NODE);
            case "direct" -> Set.of(Route.DIRECT, Route.UPSTREAM_PROXY);
            default ->
                throw new IllegalArgumentException("'" + text + "' is none of tailnet, subnet, exit-node, direct");
        };
    }

    /** A rule that is being read. */
    private static final class Draft {
        private final int line;
        private final List<String> keys = new ArrayList<>(4);
        private String name;
        private Direction direction = Direction.OUTBOUND;
        private @Nullable Effect effect;
        private List<HostPattern> hosts = List.of();
        private List<Cidr> cidrs = List.of();
        private List<PortRange> ports = List.of();
        private List<Set<Route>> routes = List.of();
        private List<RuleProtocol> protocols = List.of();
        private List<String> methods = List.of();
        private List<PathPrefix> paths = List.of();
        private List<String> roles = List.of();
        private boolean byAddress;
        private Optional<Boolean> requireName = Optional.empty();

        Draft(String name, int line) {
            this.name = name;
            this.line = line;
        }

        @Nullable
        Rule rule(String source, Map<Condition, Condition> conditions) {
            return effect == null
                    ? null
                    : new Rule(name, source, line, direction, effect, hosts, cidrs, condition(conditions), requireName);
        }

        private Condition condition(Map<Condition, Condition> conditions) {
            if (ports.isEmpty()
                    && routes.isEmpty()
                    && protocols.isEmpty()
                    && methods.isEmpty()
                    && paths.isEmpty()
                    && roles.isEmpty()
                    && !byAddress) {
                return Condition.NONE;
            }
            Set<Route> allRoutes = EnumSet.noneOf(Route.class);
            routes.forEach(allRoutes::addAll);
            var condition = new Condition(ports, allRoutes, set(protocols), set(methods), paths, set(roles), byAddress);
            return conditions.computeIfAbsent(condition, first -> first);
        }

        private static <T> Set<T> set(List<T> items) {
            return items.isEmpty() ? Set.of() : Set.copyOf(items);
        }
    }
}
