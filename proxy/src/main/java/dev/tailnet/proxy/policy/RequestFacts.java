package dev.tailnet.proxy.policy;

import dev.tailnet.proxy.policy.rules.Facts;
import dev.tailnet.proxy.policy.rules.Facts.Usage;
import dev.tailnet.proxy.policy.rules.RuleProtocol;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.Route;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** A request as rules see it. */
final class RequestFacts {
    private RequestFacts() {}

    /**
     * @param resolved null while a name has not been looked up
     * @param route null while there is no address to route
     */
    static Facts of(ConnectRequest request, @Nullable InetAddress resolved, @Nullable Route route) {
        var usage = new Usage(request.target().port(), protocolOf(request), route, request.role(), request.http());
        return switch (request.target().host()) {
            case Host.Name(String name) -> new Facts(name, resolved, embedded(resolved), usage);
            case Host.Address(InetAddress asked) -> new Facts(null, asked, embedded(asked), usage);
        };
    }

    private static @Nullable InetAddress embedded(@Nullable InetAddress address) {
        if (address == null) {
            return null;
        }
        InetAddress meant = EmbeddedAddress.in(address);
        return meant.equals(address) ? null : meant;
    }

    static RuleProtocol protocolOf(ConnectRequest request) {
        return switch (request.protocol()) {
            case SOCKS4, SOCKS5, HTTP_CONNECT, FORWARD, CLI -> RuleProtocol.TCP;
            case SOCKS5_UDP, FORWARD_UDP, CLI_UDP -> RuleProtocol.UDP;
            case HTTP -> RuleProtocol.HTTP;
        };
    }
}
