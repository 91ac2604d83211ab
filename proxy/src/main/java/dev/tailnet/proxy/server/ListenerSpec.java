package dev.tailnet.proxy.server;

import java.net.InetSocketAddress;

/**
 * Where to listen, and for what.
 *
 * @param address resolved; port 0 picks a free one
 */
public record ListenerSpec(Kind kind, InetSocketAddress address) {

    /** What a listener speaks. */
    public enum Kind {
        /** SOCKS5 and HTTP, told apart by the first byte. */
        MIXED,
        SOCKS5,
        HTTP
    }
}
