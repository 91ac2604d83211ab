package dev.tailnet.proxy.policy;

import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.Route;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.function.Supplier;

/**
 * What holds without any rule of the user: a proxy is no way to the host it runs on, to the cloud's metadata services, or to
 * itself; and the internet is open or closed as a whole.
 */
public final class BasePolicy implements Policy {
    private final Internet internet;
    private final Supplier<? extends Collection<InetSocketAddress>> ownListeners;

    /**
     * @param ownListeners where this process listens, asked on every request as listeners come and go; never blocks. One on a
     *     wildcard address stands for its port on the loopback and wildcard addresses: list the host's other addresses beside it
     */
    public BasePolicy(Internet internet, Supplier<? extends Collection<InetSocketAddress>> ownListeners) {
        this.internet = internet;
        this.ownListeners = ownListeners;
    }

    /** {@code localhost} and names below it are this host by definition (RFC 6761, section 6.3). */
    @Override
    public Verdict onTarget(ConnectRequest request) {
        if (request.target().host() instanceof Host.Name(String name)
                && (name.equals("localhost") || name.endsWith(".localhost"))) {
            return Verdict.refused("loopback", AddressKind.LOOPBACK.explain(name));
        }
        return Verdict.allowed();
    }

    @Override
    public Verdict onAddress(ConnectRequest request, InetAddress address, Route route) {
        InetAddress meant = EmbeddedAddress.in(address);
        int port = request.target().port();
        if (isOwnListener(meant, port)) {
            return Verdict.refused(
                    "own-listener",
                    request.target() + " is this proxy itself: address the target, not the proxy, in the request");
        }
        AddressKind kind = AddressKind.of(meant);
        if (!kind.mayBeReachedBy(route)) {
            return Verdict.refused(kind.rule(), kind.explain(shown(request, address, meant)));
        }
        if (route == Route.DIRECT && internet == Internet.DENY) {
            return Verdict.refused(
                    "internet-deny",
                    shown(request, address, meant) + " is outside the tailnet, and direct connections are off"
                            + " (--internet=deny): start the agent with --internet=direct to allow them");
        }
        return Verdict.allowed();
    }

    private boolean isOwnListener(InetAddress address, int port) {
        for (InetSocketAddress listener : ownListeners.get()) {
            if (listener.getPort() == port) {
                InetAddress at = listener.getAddress();
                if (address.equals(at)
                        || (at.isAnyLocalAddress() && (address.isLoopbackAddress() || address.isAnyLocalAddress()))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The target in the client's words, with what is behind them. */
    private static String shown(ConnectRequest request, InetAddress address, InetAddress meant) {
        String host = request.target().host().toString();
        String literal = address.getHostAddress();
        String behind = address.equals(meant) ? literal : literal + ", that is " + meant.getHostAddress();
        return host.equals(behind) ? host : host + " (" + behind + ")";
    }
}
