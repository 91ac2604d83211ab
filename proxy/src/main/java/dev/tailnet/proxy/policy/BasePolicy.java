package dev.tailnet.proxy.policy;

import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.Route;
import java.net.InetAddress;
import java.util.function.Supplier;

/**
 * What holds without any rule of the user: a proxy is no way to the host it runs on, to the cloud's metadata services, or to
 * itself; and the internet is open or closed as a whole.
 */
public final class BasePolicy implements Policy {
    private final Internet internet;
    private final OwnListeners ownListeners;

    public BasePolicy(Internet internet, OwnListeners ownListeners) {
        this.internet = internet;
        this.ownListeners = ownListeners;
    }

    /** Refuses at once what no route can change: this host by address or by name (RFC 6761, section 6.3), and this process. */
    @Override
    public Verdict onTarget(ConnectRequest request) {
        return switch (request.target().host()) {
            case Host.Name(String name)
            when name.equals("localhost") || name.endsWith(".localhost") ->
                Verdict.refused(AddressKind.LOOPBACK.rule(), AddressKind.LOOPBACK.explain(name));
            case Host.Name(String name) -> Verdict.allowed();
            case Host.Address(InetAddress address) -> onAnyRoute(request, address);
        };
    }

    @Override
    public Verdict onAddress(ConnectRequest request, InetAddress address, Route route) {
        Verdict onAnyRoute = onAnyRoute(request, address);
        if (onAnyRoute instanceof Verdict.Refused) {
            return onAnyRoute;
        }
        InetAddress meant = EmbeddedAddress.in(address);
        AddressKind kind = AddressKind.of(meant);
        if (!kind.mayBeReachedBy(route)) {
            return Verdict.refused(kind.rule(), kind.explain(shown(request, address, meant)));
        }
        return switch (route) {
            case DIRECT, UPSTREAM_PROXY, EXIT_NODE -> outside(shown(request, address, meant), route);
            case TAILNET, SUBNET, UNOWNED -> Verdict.allowed();
        };
    }

    @Override
    public Verdict onUnresolved(ConnectRequest request, Route route) {
        return outside(request.target().host().toString(), route);
    }

    private Verdict outside(String target, Route route) {
        return switch (internet) {
            case Internet.Direct() -> Verdict.allowed();
            case Internet.Denied() ->
                Verdict.refused(
                        "internet-deny",
                        target
                                + " is outside the tailnet, and connections there are off (--internet=deny): start the"
                                + " agent with --internet=direct to allow them");
            case Internet.ThroughExitNode(Supplier<String> trouble) ->
                route == Route.EXIT_NODE ? Verdict.allowed() : noExitNode(target, trouble.get());
        };
    }

    private static Verdict noExitNode(String target, String trouble) {
        return Verdict.refused(
                "exit-node",
                target + " is outside the tailnet, and no exit node leads there (--internet=exit-node): "
                        + (trouble.isEmpty() ? "the one in use has no route to it" : trouble));
    }

    private Verdict onAnyRoute(ConnectRequest request, InetAddress address) {
        InetAddress meant = EmbeddedAddress.in(address);
        if (ownListeners.include(meant, request.target().port())) {
            return Verdict.refused(
                    "own-listener",
                    request.target() + " is this proxy itself: address the target, not the proxy, in the request");
        }
        AddressKind kind = AddressKind.of(meant);
        return kind.isNoDestination()
                ? Verdict.refused(kind.rule(), kind.explain(shown(request, address, meant)))
                : Verdict.allowed();
    }

    /** The target in the client's words, with what is behind them. */
    private static String shown(ConnectRequest request, InetAddress address, InetAddress meant) {
        String host = request.target().host().toString();
        String literal = address.getHostAddress();
        String behind = address.equals(meant) ? literal : literal + ", that is " + meant.getHostAddress();
        return host.equals(behind) ? host : host + " (" + behind + ")";
    }
}
