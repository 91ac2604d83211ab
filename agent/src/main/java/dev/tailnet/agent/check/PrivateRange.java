package dev.tailnet.agent.check;

import java.net.Inet6Address;
import java.net.InetAddress;

/** Addresses that mean something only within somebody's own network: RFC 1918, RFC 4193. */
final class PrivateRange {
    private PrivateRange() {}

    static boolean includes(InetAddress address) {
        return address.isSiteLocalAddress()
                || (address instanceof Inet6Address && (address.getAddress()[0] & 0xfe) == 0xfc);
    }
}
