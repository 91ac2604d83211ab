package dev.tailnet.proxy.request;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * A peer's wish for a connection to what this host lets the tailnet in to.
 *
 * @param isUdp whether it is about datagrams
 * @param peer the peer's address in the tailnet
 * @param node the full name of the peer's node; empty when nobody knows it
 * @param roles who the peer is: the login of its user, or its tags
 * @param to what it connects to
 */
public record InboundRequest(
        boolean isUdp, InetSocketAddress peer, String node, List<String> roles, InetSocketAddress to) {

    public InboundRequest {
        roles = List.copyOf(roles);
    }
}
