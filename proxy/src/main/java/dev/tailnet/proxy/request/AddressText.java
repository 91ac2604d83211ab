package dev.tailnet.proxy.request;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Addresses as users see them: IPv6 as RFC 5952 has it, where Java writes out every zero. (Netty's NetUtil writes it so too, and
 * goes through the machine's interfaces before.)
 */
public final class AddressText {
    private static final int GROUPS = 8;

    private AddressText() {}

    /** {@code 192.0.2.1} or {@code 2001:db8::1}; one of a link with its zone, {@code fe80::1%eth0}. */
    public static String of(InetAddress address) {
        String full = address.getHostAddress();
        if (!(address instanceof Inet6Address)) {
            return full;
        }
        int zone = full.indexOf('%');
        return zone < 0 ? compressed(full) : compressed(full.substring(0, zone)) + full.substring(zone);
    }

    /** {@code 192.0.2.1:443} or {@code [2001:db8::1]:443}. */
    public static String of(InetSocketAddress endpoint) {
        return bracketed(endpoint.getAddress()) + ":" + endpoint.getPort();
    }

    /** As it stands in a URI (RFC 3986): an IPv6 address in brackets. */
    public static String bracketed(InetAddress address) {
        String text = of(address);
        return address instanceof Inet6Address ? "[" + text + "]" : text;
    }

    /** Of eight groups, the first of the longest runs of zeros, if it is of two or more, becomes {@code ::}. */
    private static String compressed(String full) {
        List<String> groups = List.of(full.split(":"));
        int start = GROUPS;
        int length = 1;
        for (int i = 0; i < GROUPS; i++) {
            int end = i;
            while (end < GROUPS && groups.get(end).equals("0")) {
                end++;
            }
            if (end - i > length) {
                start = i;
                length = end - i;
            }
        }
        return start == GROUPS
                ? full
                : String.join(":", groups.subList(0, start)) + "::"
                        + String.join(":", groups.subList(start + length, GROUPS));
    }
}
