package dev.tailnet.proxy.forward;

import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.Target;
import java.net.InetSocketAddress;
import java.util.Locale;

/**
 * A static forward: what comes to the listen address goes to the target.
 *
 * @param listen resolved; port 0 picks a free one
 * @param target its name is resolved for each connection or flow anew
 */
public record ForwardSpec(Protocol protocol, InetSocketAddress listen, Target target) {

    /** What is forwarded. */
    public enum Protocol {
        TCP,
        UDP
    }

    public ForwardSpec {
        if (listen.isUnresolved()) {
            throw new IllegalArgumentException("the listen address " + listen.getHostString() + " is not resolved");
        }
    }

    /** The same with the address that a listener got. */
    public ForwardSpec on(InetSocketAddress bound) {
        return new ForwardSpec(protocol, bound, target);
    }

    /** As it is written in a configuration: {@code tcp:127.0.0.1:5432=db.internal:5432}. */
    @Override
    public String toString() {
        return protocol.name().toLowerCase(Locale.ROOT) + ":" + new Host.Address(listen.getAddress()).toUriString()
                + ":" + listen.getPort() + "=" + target;
    }
}
