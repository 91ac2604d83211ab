package dev.tailnet.proxy.policy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.function.Supplier;

/**
 * Where this process listens, however it is spelled: all addresses of the loopback, and the unspecified one, are the same host.
 *
 * @param listeners asked each time, as listeners come and go; never blocks. One on a wildcard address stands for its port on the
 *     loopback: list the host's other addresses beside it
 */
public record OwnListeners(Supplier<? extends Collection<InetSocketAddress>> listeners) {

    /** Whether this process listens there. */
    public boolean include(InetAddress address, int port) {
        for (InetSocketAddress listener : listeners.get()) {
            if (listener.getPort() == port
                    && (address.equals(listener.getAddress())
                            || (isThisHost(address) && isThisHost(listener.getAddress())))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isThisHost(InetAddress address) {
        return address.isLoopbackAddress() || address.isAnyLocalAddress();
    }
}
