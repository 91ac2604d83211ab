package dev.tailnet.proxy.policy;

import dev.tailnet.proxy.request.AddressText;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.Route;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What holds without any rule of the user: a proxy is no way to the host it runs on, to the cloud's metadata services, or to
 * itself; and the internet is open or closed as a whole.
 */
public final class BasePolicy implements Policy {
    private final Supplier<Internet> internet;
    private final OwnListeners ownListeners;

    public BasePolicy(Internet internet, OwnListeners ownListeners) {
        this(() -> internet, ownListeners);
    }

    /** @param internet asked about each target, as it may change */
    public BasePolicy(Supplier<Internet> internet, OwnListeners ownListeners) {
        this.internet = internet;
        this.ownListeners = ownListeners;
    }

    /** Refuses at once what no route can change: this host by address or by name (RFC 6761, section 6.3), and this process. */
    @Override
    public Verdict onTarget(ConnectRequest request) {
        Ban ban = banOnTarget(request);
        return ban == null ? Verdict.allowed() : ban.refusal();
    }

    @Nullable
    Ban banOnTarget(ConnectRequest request) {
        return switch (request.target().host()) {
            case Host.Name(String name) -> isThisHost(name) ? Ban.ofThisHost(name) : null;
            case Host.Address(InetAddress address) -> banOnAnyRoute(request, address);
        };
    }

    static boolean isThisHost(String name) {
        return name.equals("localhost") || name.endsWith(".localhost");
    }

    @Override
    public Verdict onAddress(ConnectRequest request, List<String> alsoCalled, InetAddress address, Route route) {
        Ban ban = banOnAddress(request, address, route);
        return ban == null ? onRoute(request, address, route) : ban.refusal();
    }

    @Nullable
    Ban banOnAddress(ConnectRequest request, InetAddress address, Route route) {
        Ban onAnyRoute = banOnAnyRoute(request, address);
        if (onAnyRoute != null) {
            return onAnyRoute;
        }
        InetAddress meant = EmbeddedAddress.in(address);
        AddressKind kind = AddressKind.of(meant);
        return kind.mayBeReachedBy(route) ? null : Ban.of(kind, shown(request, address, meant), address, meant);
    }

    /** The same for an address that is only told: nobody says for what port, and a name of this host may be known to be it. */
    static @Nullable Ban banOnAnswer(String name, InetAddress address, Route route) {
        InetAddress meant = EmbeddedAddress.in(address);
        AddressKind kind = AddressKind.of(meant);
        return isThisHost(name) || kind.mayBeReachedBy(route)
                ? null
                : Ban.of(kind, name + " (" + AddressText.of(address) + ")", address, meant);
    }

    /** Whether the way may be used, whatever is at its end. */
    Verdict onRoute(ConnectRequest request, InetAddress address, Route route) {
        return switch (route) {
            case DIRECT, UPSTREAM_PROXY, EXIT_NODE -> outside(request, address, route);
            case TAILNET, SUBNET, UNOWNED -> Verdict.allowed();
        };
    }

    @Override
    public Verdict onUnresolved(ConnectRequest request, Route route) {
        return outside(request, null, route);
    }

    private Verdict outside(ConnectRequest request, @Nullable InetAddress address, Route route) {
        return switch (internet.get()) {
            case Internet.Direct() -> Verdict.allowed();
            case Internet.Denied() ->
                Verdict.refused(
                        "internet-deny",
                        shown(request, address)
                                + " is outside the tailnet, and connections there are off (--internet=deny): start the"
                                + " agent with --internet=direct to allow them");
            case Internet.ThroughExitNode(Supplier<String> trouble) ->
                route == Route.EXIT_NODE ? Verdict.allowed() : noExitNode(shown(request, address), trouble.get());
        };
    }

    private static Verdict noExitNode(String target, String trouble) {
        return Verdict.refused(
                "exit-node",
                target + " is outside the tailnet, where only an exit node may lead, and none does: "
                        + (trouble.isEmpty() ? "the one in use has no route to it" : trouble));
    }

    private @Nullable Ban banOnAnyRoute(ConnectRequest request, InetAddress address) {
        InetAddress meant = EmbeddedAddress.in(address);
        int port = request.target().port();
        if (ownListeners.include(meant, port)) {
            var refusal = Verdict.refused(
                    "own-listener",
                    request.target() + " is this proxy itself: address the target, not the proxy, in the request");
            return Ban.ofOwnListener(refusal, address, meant, port);
        }
        AddressKind kind = AddressKind.of(meant);
        return kind.isNoDestination() ? Ban.of(kind, shown(request, address, meant), address, meant) : null;
    }

    private static String shown(ConnectRequest request, @Nullable InetAddress address) {
        return address == null
                ? request.target().host().toString()
                : shown(request, address, EmbeddedAddress.in(address));
    }

    /** The target in the client's words, with what is behind them. */
    static String shown(ConnectRequest request, InetAddress address, InetAddress meant) {
        String host = request.target().host().toString();
        String literal = AddressText.of(address);
        String behind = address.equals(meant) ? literal : literal + ", that is " + AddressText.of(meant);
        return host.equals(behind) ? host : host + " (" + behind + ")";
    }
}
