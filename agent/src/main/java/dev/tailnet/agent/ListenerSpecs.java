package dev.tailnet.agent;

import dev.tailnet.agent.config.Listeners;
import dev.tailnet.proxy.server.ListenerSpec;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** The configured listeners in the proxy's terms. */
final class ListenerSpecs {
    private ListenerSpecs() {}

    static List<ListenerSpec> of(Listeners listeners) {
        List<ListenerSpec> specs = new ArrayList<>();
        add(specs, ListenerSpec.Kind.MIXED, listeners.mixed());
        add(specs, ListenerSpec.Kind.SOCKS5, listeners.socks5());
        add(specs, ListenerSpec.Kind.HTTP, listeners.http());
        return specs;
    }

    private static void add(List<ListenerSpec> specs, ListenerSpec.Kind kind, List<InetSocketAddress> addresses) {
        for (InetSocketAddress address : addresses) {
            specs.add(new ListenerSpec(kind, address));
        }
    }
}
