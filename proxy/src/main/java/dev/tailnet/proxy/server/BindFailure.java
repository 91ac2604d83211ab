package dev.tailnet.proxy.server;

import dev.tailnet.proxy.request.Host;
import io.netty.channel.unix.Errors.NativeIoException;
import java.io.IOException;
import java.net.InetSocketAddress;

/** A listener could not be opened; the message names the address, the cause, and what to do. */
public final class BindFailure extends IOException {
    private static final long serialVersionUID = 1L;
    private static final int EACCES = 13;
    private static final int EADDRINUSE = 98;
    private static final int EADDRNOTAVAIL = 99;

    private BindFailure(String message, Throwable cause) {
        super(message, cause);
    }

    static BindFailure of(InetSocketAddress address, Throwable cause) {
        String host =
                address.isUnresolved() ? address.getHostString() : new Host.Address(address.getAddress()).toUriString();
        String where = host + ":" + address.getPort();
        return new BindFailure("cannot listen on " + where + ": " + why(address, cause), cause);
    }

    private static String why(InetSocketAddress address, Throwable cause) {
        if (address.isUnresolved()) {
            return "the host name does not resolve; give an address";
        }
        int port = address.getPort();
        return switch (cause instanceof NativeIoException e ? -e.expectedErr() : 0) {
            case EADDRINUSE ->
                "the port is in use by another process, which `ss -lntup 'sport = :" + port
                        + "'` names; stop that one or choose another port (0 picks a free one)";
            case EADDRNOTAVAIL -> "no interface of this host has that address; choose one of `ip addr`";
            case EACCES ->
                "ports below 1024 take a privilege (CAP_NET_BIND_SERVICE) that this process lacks; choose a higher one";
            default -> String.valueOf(cause.getMessage());
        };
    }
}
