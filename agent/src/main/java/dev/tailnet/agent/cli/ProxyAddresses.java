package dev.tailnet.agent.cli;

import dev.tailnet.agent.config.Addresses;
import dev.tailnet.agent.config.Listeners;
import dev.tailnet.agent.status.StatusDocument.Listener;
import dev.tailnet.proxy.request.AddressText;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where programs on this machine find the agent's proxies, as {@code host:port}.
 *
 * @param http empty when there is no listener that speaks HTTP
 * @param socks5 empty when there is no listener that speaks SOCKS5
 */
record ProxyAddresses(Optional<String> http, Optional<String> socks5) {
    private static final String MIXED = "mixed";

    /** Those of a running agent, from its {@code /status}. */
    static ProxyAddresses of(Json status) {
        return new ProxyAddresses(first(status, MIXED, "http"), first(status, MIXED, "socks5"));
    }

    /** Those of this process's own agent. */
    static ProxyAddresses ofOpen(List<Listener> listeners) {
        return new ProxyAddresses(first(listeners, MIXED, "http"), first(listeners, MIXED, "socks5"));
    }

    /** Those of an agent that is yet to start. A port that the system will pick is as good as none. */
    static ProxyAddresses of(Listeners listeners) {
        return new ProxyAddresses(
                first(listeners.mixed(), listeners.http()), first(listeners.mixed(), listeners.socks5()));
    }

    boolean isEmpty() {
        return http.isEmpty() && socks5.isEmpty();
    }

    private static Optional<String> first(Json status, String... kinds) {
        return Stream.of(kinds)
                .flatMap(kind -> status.objects("listeners").stream()
                        .filter(listener -> listener.text("kind").orElse("").equals(kind)))
                .flatMap(listener -> listener.text("address").stream())
                .map(Addresses::reachable)
                .findFirst();
    }

    private static Optional<String> first(List<Listener> listeners, String... kinds) {
        return Stream.of(kinds)
                .flatMap(kind ->
                        listeners.stream().filter(listener -> listener.kind().equals(kind)))
                .map(Listener::address)
                .map(Addresses::reachable)
                .findFirst();
    }

    private static Optional<String> first(List<InetSocketAddress> mixed, List<InetSocketAddress> others) {
        return Stream.concat(mixed.stream(), others.stream())
                .filter(address -> address.getPort() != 0)
                .map(AddressText::of)
                .map(Addresses::reachable)
                .findFirst();
    }
}
