package dev.tailnet.proxy.request;

import java.net.InetAddress;
import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client's wish for a tunnel, as every front end hands it to {@code connect}.
 *
 * @param id unique in this process; the numbers of its dials and tunnels are made of it ({@link OperationId})
 * @param client the client's address: of TCP, or a unix socket's, which says nothing
 * @param role the name of the client's user; null for one that was not asked for it
 * @param http the request that is to be passed on; null for a tunnel or datagrams
 * @param at the one address of the target's host that may be dialed, which a lookup here has told; null when there is none such
 * @param alsoCalled the host's other names, as that lookup has told them
 */
public record ConnectRequest(
        long id,
        Protocol protocol,
        SocketAddress client,
        @Nullable String role,
        Target target,
        @Nullable PlainRequest http,
        @Nullable InetAddress at,
        List<String> alsoCalled) {

    /** One for a tunnel or datagrams. */
    public ConnectRequest(long id, Protocol protocol, SocketAddress client, @Nullable String role, Target target) {
        this(id, protocol, client, role, target, null, null, List.of());
    }

    /** One that may be of plain HTTP. */
    public ConnectRequest(
            long id,
            Protocol protocol,
            SocketAddress client,
            @Nullable String role,
            Target target,
            @Nullable PlainRequest http) {
        this(id, protocol, client, role, target, http, null, List.of());
    }

    /** The way a request came in. */
    public enum Protocol {
        SOCKS4,
        SOCKS5,
        SOCKS5_UDP,
        HTTP_CONNECT,
        /** A request that the proxy passes on itself. */
        HTTP,
        /** A static forward. */
        FORWARD,
        /** A static forward of datagrams: one client's flow. */
        FORWARD_UDP,
        /** A command of this agent's own, over its control socket. */
        CLI,
        /** Datagrams of such a command. */
        CLI_UDP
    }
}
