package dev.tailnet.proxy.request;

import java.util.Objects;

/**
 * What a client asked for: a host and a TCP port.
 *
 * @param port 1 to 65535
 */
public record Target(Host host, int port) {
    public Target {
        Objects.requireNonNull(host, "host");
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is not in 1..65535");
        }
    }

    /** {@code host:port}, an IPv6 address in brackets. */
    @Override
    public String toString() {
        return host.toUriString() + ":" + port;
    }
}
