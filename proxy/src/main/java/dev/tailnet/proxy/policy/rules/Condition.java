package dev.tailnet.proxy.policy.rules;

import dev.tailnet.proxy.policy.rules.Facts.Usage;
import dev.tailnet.proxy.request.PlainRequest;
import dev.tailnet.proxy.request.Route;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a rule asks for besides the destination. Each part has to fit; one that is empty fits everything.
 *
 * @param protocols without {@code HTTP} where methods or paths are given means it
 * @param methods of plain HTTP, in capitals
 * @param paths of plain HTTP
 * @param roles the client's user has to be one of these
 * @param byAddress the client has to have asked for the address itself, not for a name that leads there
 */
public record Condition(
        List<PortRange> ports,
        Set<Route> routes,
        Set<RuleProtocol> protocols,
        Set<String> methods,
        List<PathPrefix> paths,
        Set<String> roles,
        boolean byAddress) {

    public static final Condition NONE =
            new Condition(List.of(), Set.of(), Set.of(), Set.of(), List.of(), Set.of(), false);

    public Condition {
        ports = List.copyOf(ports);
        routes = Set.copyOf(routes);
        protocols = methods.isEmpty() && paths.isEmpty() ? Set.copyOf(protocols) : Set.of(RuleProtocol.HTTP);
        methods = Set.copyOf(methods);
        paths = List.copyOf(paths);
        roles = Set.copyOf(roles);
    }

    /** One for names and addresses alike. */
    public Condition(
            List<PortRange> ports,
            Set<Route> routes,
            Set<RuleProtocol> protocols,
            Set<String> methods,
            List<PathPrefix> paths,
            Set<String> roles) {
        this(ports, routes, protocols, methods, paths, roles, false);
    }

    int lowestPort() {
        return ports.stream().mapToInt(PortRange::from).min().orElse(PortRange.LOWEST);
    }

    int highestPort() {
        return ports.stream().mapToInt(PortRange::to).max().orElse(PortRange.HIGHEST);
    }

    boolean isNone() {
        return equals(NONE);
    }

    /** @param effect what a match would mean */
    Match matches(Facts facts, Effect effect) {
        if (byAddress && facts.name() != null) {
            return Match.NO;
        }
        Usage usage = facts.usage();
        if (usage == null) {
            return isNone() ? Match.YES : Match.PERHAPS;
        }
        return onPort(usage.port())
                .and(onRole(usage))
                .and(onProtocol(usage.protocol()))
                .and(onRoute(usage))
                .and(onHttp(usage.http(), effect));
    }

    private Match onPort(int port) {
        if (ports.isEmpty()) {
            return Match.YES;
        }
        for (PortRange range : ports) {
            if (range.contains(port)) {
                return Match.YES;
            }
        }
        return Match.NO;
    }

    private Match onRole(Usage usage) {
        return Match.of(roles.isEmpty() || (usage.role() != null && roles.contains(usage.role())));
    }

    private Match onProtocol(RuleProtocol protocol) {
        return Match.of(protocols.isEmpty()
                || protocols.contains(protocol)
                || (protocol == RuleProtocol.HTTP && protocols.contains(RuleProtocol.TCP)));
    }

    private Match onRoute(Usage usage) {
        if (routes.isEmpty()) {
            return Match.YES;
        }
        return usage.route() == null ? Match.PERHAPS : Match.of(routes.contains(usage.route()));
    }

    private Match onHttp(@Nullable PlainRequest http, Effect effect) {
        if (methods.isEmpty() && paths.isEmpty()) {
            return Match.YES;
        }
        if (http == null
                || !(methods.isEmpty() || methods.contains(http.method().toUpperCase(Locale.ROOT)))) {
            return Match.NO;
        }
        return Match.of(paths.isEmpty() || paths.stream().anyMatch(path -> path.matches(http.target(), effect)));
    }

    /** Whether everything that fits {@code other} fits this. */
    boolean covers(Condition other) {
        return (!byAddress || other.byAddress)
                && coversPorts(other)
                && (routes.isEmpty() || (!other.routes.isEmpty() && routes.containsAll(other.routes)))
                && coversProtocols(other)
                && (methods.isEmpty() || (!other.methods.isEmpty() && methods.containsAll(other.methods)))
                && coversPaths(other)
                && (roles.isEmpty() || (!other.roles.isEmpty() && roles.containsAll(other.roles)));
    }

    private boolean coversPorts(Condition other) {
        return ports.isEmpty()
                || (!other.ports.isEmpty()
                        && other.ports.stream().allMatch(range -> ports.stream().anyMatch(mine -> mine.covers(range))));
    }

    private boolean coversProtocols(Condition other) {
        return protocols.isEmpty()
                || (!other.protocols.isEmpty()
                        && other.protocols.stream().allMatch(protocol -> onProtocol(protocol) == Match.YES));
    }

    private boolean coversPaths(Condition other) {
        return paths.isEmpty()
                || (!other.paths.isEmpty()
                        && other.paths.stream().allMatch(path -> paths.stream().anyMatch(mine -> mine.covers(path))));
    }
}
