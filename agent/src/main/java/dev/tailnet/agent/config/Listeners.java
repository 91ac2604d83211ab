package dev.tailnet.agent.config;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where the agent listens. Every address is resolved; port 0 lets the system pick one.
 *
 * @param mixed SOCKS5 and HTTP told apart by the first byte; one by default, empty when turned off
 * @param socks5 SOCKS5 only
 * @param http HTTP proxy only
 * @param dns DNS over UDP and TCP
 * @param status the status endpoint; empty when turned off
 */
public record Listeners(
        List<InetSocketAddress> mixed,
        List<InetSocketAddress> socks5,
        List<InetSocketAddress> http,
        List<InetSocketAddress> dns,
        Optional<InetSocketAddress> status) {

    public Listeners {
        mixed = List.copyOf(mixed);
        socks5 = List.copyOf(socks5);
        http = List.copyOf(http);
        dns = List.copyOf(dns);
    }

    /** All of them. */
    List<InetSocketAddress> all() {
        return Stream.of(mixed, socks5, http, status.stream().toList())
                .flatMap(List::stream)
                .toList();
    }
}
