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
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads one rule after another. */
final class RuleParser {
    private static final String KEYS =
            "name, action, direction, hosts, cidrs, ports, routes, protocols, methods, paths, roles, by-address and require-name";
    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N} ._:/+-]{0,79}");
    private static final Pattern METHOD = Pattern.compile("[A-Za-z][A-Za-z-]{0,31}");

    private final String source;
    private final ItemReader items;

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
    Optional<Rule> read(JsonParser parser, int number) {
        var draft = new Draft("rule-" + number, parser.currentTokenLocation().getLineNr());
        int column = parser.currentTokenLocation().getColumnNr();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = parser.currentName();
            if (!draft.keys.add(key)) {
                items.problem(parser, key + " was given before in this rule");
            }
            readKey(parser, key, draft);
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
        return Optional.ofNullable(draft.rule(source));
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

    private void readKey(JsonParser parser, String key, Draft draft) {
        switch (key) {
            case "name" -> draft.name = items.one(parser, key, RuleParser::name).orElse(draft.name);
            case "action" ->
                draft.effect = items.one(parser, key, text -> Words.of(Effect.class, text))
                        .orElse(null);
            case "direction" ->
                draft.direction = items.one(parser, key, text -> Words.of(Direction.class, text))
                        .orElse(draft.direction);
            case "hosts" -> draft.hosts = items.list(parser, key, HostPattern::parse);
            case "cidrs" -> draft.cidrs = items.list(parser, key, Cidr::parse);
            case "ports" -> draft.ports = items.list(parser, key, PortRange::parse);
            case "routes" -> draft.routes = items.list(parser, key, RuleParser::route);
            case "protocols", "protocol" ->
                draft.protocols = items.list(parser, key, text -> Words.of(RuleProtocol.class, text));
            case "methods" -> draft.methods = items.list(parser, key, RuleParser::method);
            case "paths" -> draft.paths = items.list(parser, key, PathPrefix::new);
            case "roles" -> draft.roles = items.list(parser, key, text -> text);
            case "by-address" ->
                draft.byAddress = items.one(parser, key, Words::bool).orElse(false);
            case "require-name" -> draft.requireName = items.one(parser, key, Words::bool);
            default -> {
                items.problem(parser, "unknown key '" + key + "': a rule has " + KEYS);
                parser.nextToken();
                parser.skipChildren();
            }
        }
    }

    private static String name(String text) {
        if (!NAME.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no name for a rule: up to 80 letters, digits, spaces and ._:/+-");
        }
        return text;
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
        private final Set<String> keys = new HashSet<>();
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
        Rule rule(String source) {
            return effect == null
                    ? null
                    : new Rule(
                            name, source + ", line " + line, direction, effect, hosts, cidrs, condition(), requireName);
        }

        private Condition condition() {
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
            return new Condition(ports, allRoutes, set(protocols), set(methods), paths, set(roles), byAddress);
        }

        private static <T> Set<T> set(Collection<T> items) {
            return new HashSet<>(items);
        }
    }
}
