package dev.tailnet.agent;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** How addresses are shown. */
final class Endpoints {
    private Endpoints() {}

    /** {@code host:port}, an IPv6 address in brackets. */
    static String show(InetSocketAddress endpoint) {
        InetAddress address = endpoint.getAddress();
        String literal = address.getHostAddress();
        return (address instanceof Inet6Address ? "[" + literal + "]" : literal) + ":" + endpoint.getPort();
    }
}
