package dev.tailnet.proxy.request;

import java.net.InetSocketAddress;

/**
 * A client's wish for a tunnel, as every front end hands it to {@code connect}.
 *
 * @param id unique in this process; the same number names the dial and the tunnel
 * @param client the client's address
 */
public record ConnectRequest(long id, Protocol protocol, InetSocketAddress client, Target target) {

    /** The way a request came in. */
    public enum Protocol {
        SOCKS5,
        HTTP_CONNECT
    }
}
