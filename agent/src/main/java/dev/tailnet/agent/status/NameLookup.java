package dev.tailnet.agent.status;

import dev.tailnet.agent.policy.PolicyTrial;
import dev.tailnet.agent.status.ResolveDocument.Address;
import dev.tailnet.proxy.request.AddressText;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.HostSyntax;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.resolve.Resolution;
import dev.tailnet.proxy.resolve.Resolvers;
import dev.tailnet.proxy.route.RouteTable;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Looks a name up as the proxies do, and says where its addresses lead. */
public final class NameLookup {
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private final Resolvers resolvers;
    private final RouteTable routes;

    public NameLookup(Resolvers resolvers, RouteTable routes) {
        this.resolvers = resolvers;
        this.routes = routes;
    }

    /** Never fails: what went wrong is part of the document. */
    Future<ResolveDocument> of(String text, EventExecutor executor) {
        Promise<ResolveDocument> document = executor.newPromise();
        try {
            switch (HostSyntax.parse(text)) {
                case Host.Address(InetAddress address) ->
                    document.setSuccess(
                            new ResolveDocument(text, List.of(routed(address)), null, "no lookup", false, null));
                case Host.Name(String name) ->
                    resolvers
                            .everywhere()
                            .resolve(name, PATIENCE, executor)
                            .addListener((Future<Resolution> done) -> document.setSuccess(report(name, done)));
            }
        } catch (ConnectFailure e) {
            document.setSuccess(failed(text, e));
        }
        return document;
    }

    /** @param inTailnet whether nobody else is to hear of the name */
    Future<Resolution> lookUp(String name, boolean inTailnet, EventExecutor executor) {
        return (inTailnet ? resolvers.tailnet() : resolvers.everywhere()).resolve(name, PATIENCE, executor);
    }

    List<PolicyTrial.Way> ways(List<InetAddress> addresses) {
        return addresses.stream()
                .map(address -> new PolicyTrial.Way(address, routes.routeOf(address)))
                .toList();
    }

    private ResolveDocument report(String name, Future<Resolution> lookup) {
        if (!lookup.isSuccess()) {
            return failed(name, lookup.cause());
        }
        Resolution resolution = lookup.getNow();
        Duration timeToLive = resolution.timeToLive();
        return new ResolveDocument(
                name,
                resolution.addresses().stream().map(this::routed).toList(),
                timeToLive == null ? null : timeToLive.toSeconds(),
                resolution.answeredBy(),
                resolution.cached(),
                null);
    }

    private static ResolveDocument failed(String name, Throwable cause) {
        return new ResolveDocument(name, List.of(), null, null, false, String.valueOf(cause.getMessage()));
    }

    private Address routed(InetAddress address) {
        return new Address(AddressText.of(address), name(routes.routeOf(address)));
    }

    private static String name(Route route) {
        return route.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
