package dev.tailnet.agent.config;

import dev.tailnet.proxy.policy.OwnListeners;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.Target;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;

/** Tells whether a host and port is the agent, as far as that shows without asking a resolver. */
final class OwnAddress {
    private OwnAddress() {}

    static boolean isOneOf(Target target, Collection<InetSocketAddress> listeners) {
        var own = new OwnListeners(() -> listeners);
        return switch (target.host()) {
            case Host.Address(InetAddress address) -> own.include(address, target.port());
            // RFC 6761, section 6.3: these names are the loopback, all of whose addresses are one here.
            case Host.Name(String name) ->
                (name.equals("localhost") || name.endsWith(".localhost"))
                        && own.include(InetAddress.getLoopbackAddress(), target.port());
        };
    }
}
