package dev.tailnet.proxy.connect;

import java.net.InetSocketAddress;

/**
 * A flow of datagrams that may be used.
 *
 * @param target the address that was judged, and no other
 * @param trail the record of the request so far: its success is not in the audit yet
 */
public record OpenFlow(InetSocketAddress target, Trail trail) {}
