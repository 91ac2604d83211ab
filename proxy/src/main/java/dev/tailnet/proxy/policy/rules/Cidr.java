package dev.tailnet.proxy.policy.rules;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * A block of addresses of one family (RFC 4632, RFC 4291). IPv4-mapped IPv6 is IPv4.
 *
 * @param high the upper 64 bits of an IPv6 address; 0 for IPv4
 * @param low the lower 64 bits, or the IPv4 address
 * @param length of the prefix, 0 to 32 or 128
 */
public record Cidr(boolean isIpv4, long high, long low, int length) implements Comparable<Cidr> {
    private static final int MAPPED_PREFIX = 96;

    /**
     * Reads {@code 10.0.0.0/8}, {@code fd00::/8} or a single address.
     *
     * @throws IllegalArgumentException with the reason; also for an address that has bits set beyond the prefix
     */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        String literal = slash < 0 ? text : text.substring(0, slash);
        InetAddress address = address(literal, text);
        int bits = address instanceof Inet4Address ? 32 : 128;
        int length = slash < 0 ? bits : length(text.substring(slash + 1), bits, text, literal);
        Cidr cidr = of(address, length);
        if (!cidr.equals(cidr.masked())) {
            throw new IllegalArgumentException("'" + text + "' has bits beyond its prefix: write " + cidr.masked());
        }
        return cidr;
    }

    private static InetAddress address(String literal, String text) {
        // Only what an inet_pton reads: in a rule nobody means 010.1.1.1 to be octal.
        boolean isIpv6 = literal.indexOf(':') >= 0;
        if (literal.indexOf('%') < 0 && (isIpv6 || literal.matches("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}"))) {
            try {
                return InetAddress.ofLiteral(literal);
            } catch (IllegalArgumentException e) {
                // said below
            }
        }
        throw new IllegalArgumentException("'" + text + "' is no block of addresses like 10.0.0.0/8 or fd00::/8");
    }

    private static int length(String digits, int bits, String text, String literal) {
        if (digits.isEmpty() || digits.length() > 3 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new IllegalArgumentException("'" + text + "' has no number behind its slash");
        }
        int length = Integer.parseInt(digits);
        boolean isMapped = bits == 32 && literal.indexOf(':') >= 0;
        if (isMapped) {
            length -= MAPPED_PREFIX;
        }
        if (length < 0 || length > bits) {
            throw new IllegalArgumentException("'" + text + "' has a prefix longer than its address, or none of it");
        }
        return length;
    }

    static Cidr of(InetAddress address) {
        return of(address, address instanceof Inet4Address ? 32 : 128);
    }

    private static Cidr of(InetAddress address, int length) {
        var bytes = ByteBuffer.wrap(address.getAddress());
        return address instanceof Inet4Address
                ? new Cidr(true, 0, Integer.toUnsignedLong(bytes.getInt()), length)
                : new Cidr(false, bytes.getLong(), bytes.getLong(), length);
    }

    /** Whether {@code other}, a block or a single address, is wholly inside. */
    public boolean contains(Cidr other) {
        if (isIpv4 != other.isIpv4 || length > other.length) {
            return false;
        }
        if (isIpv4) {
            return ((low ^ other.low) & mask(length + 32)) == 0;
        }
        return ((high ^ other.high) & mask(Math.min(length, 64))) == 0
                && ((low ^ other.low) & mask(Math.max(length - 64, 0))) == 0;
    }

    public boolean contains(InetAddress address) {
        return contains(of(address));
    }

    /** Whether it is a single address. */
    public boolean isSingle() {
        return length == (isIpv4 ? 32 : 128);
    }

    private Cidr masked() {
        return isIpv4
                ? new Cidr(true, 0, low & mask(length + 32), length)
                : new Cidr(false, high & mask(Math.min(length, 64)), low & mask(Math.max(length - 64, 0)), length);
    }

    /** The first {@code length} of 64 bits. */
    private static long mask(int length) {
        return length == 0 ? 0 : -1L << (64 - length);
    }

    /** By first address; of those with the same one the larger block first. */
    @Override
    public int compareTo(Cidr other) {
        int order = Boolean.compare(other.isIpv4, isIpv4);
        order = order != 0 ? order : Long.compareUnsigned(high, other.high);
        order = order != 0 ? order : Long.compareUnsigned(low, other.low);
        return order != 0 ? order : Integer.compare(length, other.length);
    }

    @Override
    public String toString() {
        byte[] bytes = isIpv4
                ? ByteBuffer.allocate(4).putInt((int) low).array()
                : ByteBuffer.allocate(16).putLong(high).putLong(low).array();
        try {
            return InetAddress.getByAddress(bytes).getHostAddress() + "/" + length;
        } catch (java.net.UnknownHostException e) {
            throw new AssertionError("so many bytes are an address", e);
        }
    }
}
