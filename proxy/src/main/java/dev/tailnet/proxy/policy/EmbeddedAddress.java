package dev.tailnet.proxy.policy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * IPv4 addresses inside IPv6 ones. A translator or relay on the way turns them into the IPv4 address, so that is what a
 * verdict must be about: NAT64 (RFC 6052, RFC 8215), 6to4 (RFC 3056), IPv4-compatible (RFC 4291), ISATAP (RFC 5214), Teredo
 * (RFC 4380). IPv4-mapped ones never get here: Java makes them IPv4 addresses.
 */
final class EmbeddedAddress {
    private static final byte[] NAT64 = {0x00, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};
    private static final byte[] NAT64_LOCAL = {0x00, 0x64, (byte) 0xff, (byte) 0x9b, 0, 1};
    private static final byte[] SIX_TO_FOUR = {0x20, 0x02};
    private static final byte[] TEREDO = {0x20, 0x01, 0, 0};
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0xff, (byte) 0xff};
    private static final byte[] COMPATIBLE = new byte[12];
    private static final byte[] ISATAP = {0x00, 0x00, 0x5e, (byte) 0xfe};

    private EmbeddedAddress() {}

    /** The IPv4 address in {@code address}, else {@code address} itself. */
    static InetAddress in(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address;
        }
        byte[] bytes = address.getAddress();
        if (startsWith(bytes, NAT64) || startsWith(bytes, NAT64_LOCAL) || startsWith(bytes, MAPPED)) {
            return ipv4(bytes, 12);
        }
        if (startsWith(bytes, SIX_TO_FOUR)) {
            return ipv4(bytes, 2);
        }
        if (startsWith(bytes, TEREDO)) {
            byte[] inverted = new byte[4];
            for (int i = 0; i < inverted.length; i++) {
                inverted[i] = (byte) ~bytes[12 + i];
            }
            return ipv4(inverted, 0);
        }
        if (startsWith(bytes, COMPATIBLE) && !address.isAnyLocalAddress() && !address.isLoopbackAddress()) {
            return ipv4(bytes, 12);
        }
        // The universal/local bit of an ISATAP interface identifier may be set.
        if ((bytes[8] & 0xfd) == 0 && Arrays.equals(bytes, 9, 12, ISATAP, 1, 4)) {
            return ipv4(bytes, 12);
        }
        return address;
    }

    private static boolean startsWith(byte[] bytes, byte[] prefix) {
        return Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
    }

    private static InetAddress ipv4(byte[] bytes, int from) {
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(bytes, from, from + 4));
        } catch (UnknownHostException e) {
            throw new AssertionError("four bytes are an address", e);
        }
    }
}
