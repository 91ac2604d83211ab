package dev.tailnet.agent.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.regex.Pattern;

/**
 * Reads listen addresses: {@code 1055}, {@code :1055}, {@code localhost:1055}, {@code 127.0.0.1:0},
 * {@code [::1]:1055}. A missing host is 127.0.0.1: nothing is open to the network unless its address is spelled out.
 * Only literals and {@code localhost}, so that no name has to be looked up before the agent listens.
 */
public final class Addresses {
    private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
    private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");

    private Addresses() {}

    static InetSocketAddress parse(String text) {
        var colon = text.lastIndexOf(':');
        var host = colon < 0 ? "" : text.substring(0, colon);
        var port = text.substring(colon + 1);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
            if (!IPV6.matcher(host).matches()) {
                throw malformed(text);
            }
        } else if (host.indexOf(':') >= 0) {
            throw new IllegalArgumentException("'" + text + "': put an IPv6 address in brackets, as in [::1]:1055");
        } else if (!PORT.matcher(port).matches() && colon < 0) {
            throw new IllegalArgumentException("'" + text + "' has no port: write HOST:PORT or PORT");
        }
        if (!PORT.matcher(port).matches()) {
            throw malformed(text);
        }
        var number = Integer.parseInt(port);
        if (number > 65535) {
            throw new IllegalArgumentException("'" + text + "': a port is at most 65535");
        }
        return new InetSocketAddress(address(host, text), number);
    }

    private static InetAddress address(String host, String text) {
        try {
            if (host.isEmpty() || host.equals("localhost")) {
                return InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 1});
            }
            if (IPV4.matcher(host).matches() || IPV6.matcher(host).matches()) {
                return InetAddress.ofLiteral(host);
            }
        } catch (java.net.UnknownHostException | IllegalArgumentException e) {
            throw malformed(text);
        }
        throw new IllegalArgumentException(
                "'" + text + "': the host must be an IP address or localhost, as in 127.0.0.1:1055");
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException(
                "'" + text + "' is not an address: write PORT, HOST:PORT or [IPv6]:PORT, as in 127.0.0.1:1055");
    }

    /**
     * Where programs on this machine reach a listener: one on every address is reached on loopback.
     *
     * @param listener {@code host:port}, an IPv6 address in brackets
     */
    public static String reachable(String listener) {
        var port = listener.substring(listener.lastIndexOf(':'));
        return switch (listener.substring(0, listener.length() - port.length())) {
            case "0.0.0.0" -> "127.0.0.1" + port;
            case "[::]" -> "[::1]" + port;
            default -> listener;
        };
    }

    /** Whether binding one keeps the other from being bound. */
    static boolean collide(InetSocketAddress one, InetSocketAddress other) {
        return one.getPort() != 0
                && one.getPort() == other.getPort()
                && (one.getAddress().equals(other.getAddress())
                        || one.getAddress().isAnyLocalAddress()
                        || other.getAddress().isAnyLocalAddress());
    }

    /** Whether no port is missing but the host is: other programs read that as every address. */
    static boolean lacksHost(String text) {
        return text.startsWith(":");
    }
}
