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
        if (!isPort(port)) {
            throw new IllegalArgumentException("port " + port + " is not in 1..65535");
        }
    }

    /**
     * A target from a client's port.
     *
     * @throws ConnectFailure {@code BAD_TARGET} for a port that none can listen on
     */
    public static Target of(Host host, int port) throws ConnectFailure {
        if (!isPort(port)) {
            throw new ConnectFailure(FailureReason.BAD_TARGET, "port " + port + " is not in 1..65535");
        }
        return new Target(host, port);
    }

    /**
     * A target from {@code host:port} (RFC 9110, section 9.3.6), where both are needed.
     *
     * @throws ConnectFailure {@code BAD_TARGET} with the reason
     */
    public static Target parse(String authority) throws ConnectFailure {
        int colon = authority.lastIndexOf(':');
        String digits = authority.substring(colon + 1);
        if (colon < 1
                || digits.isEmpty()
                || digits.length() > 5
                || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new ConnectFailure(
                    FailureReason.BAD_TARGET, HostSyntax.shown(authority) + " is not of the form host:port");
        }
        String host = authority.substring(0, colon);
        if (host.indexOf(':') >= 0 && host.charAt(0) != '[') {
            throw new ConnectFailure(
                    FailureReason.BAD_TARGET,
                    HostSyntax.shown(authority) + " has several colons: write an IPv6 address in brackets");
        }
        return of(HostSyntax.parse(host), Integer.parseInt(digits));
    }

    /** {@code host:port}, an IPv6 address in brackets. */
    @Override
    public String toString() {
        return host.toUriString() + ":" + port;
    }

    private static boolean isPort(int port) {
        return port >= 1 && port <= 65_535;
    }
}
