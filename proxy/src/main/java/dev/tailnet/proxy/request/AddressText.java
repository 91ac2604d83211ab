package dev.tailnet.proxy.request;

import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Addresses as users see them: IPv6 as RFC 5952 has it, where Java writes out every zero. */
public final class AddressText {
    private AddressText() {}

    /** {@code 192.0.2.1} or {@code 2001:db8::1}; one of a link with its zone, {@code fe80::1%eth0}. */
    public static String of(InetAddress address) {
        String text = NetUtil.toAddressString(address);
        if (address instanceof Inet6Address && address.isLinkLocalAddress()) {
            String zoned = address.getHostAddress();
            int zone = zoned.indexOf('%');
            return zone < 0 ? text : text + zoned.substring(zone);
        }
        return text;
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
}
