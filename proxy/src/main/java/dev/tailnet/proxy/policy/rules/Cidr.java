package dev.tailnet.proxy.policy.rules;

import dev.tailnet.proxy.request.AddressText;
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
        Cidr single = single(literal, text);
        if (slash < 0) {
            return single;
        }
        int length = length(text.substring(slash + 1), single.length, text, literal);
        Cidr cidr = new Cidr(single.isIpv4, single.high, single.low, length);
        Cidr masked = cidr.masked();
        if (masked.high != cidr.high || masked.low != cidr.low) {
            throw new IllegalArgumentException("'" + text + "' has bits beyond its prefix: write " + masked);
        }
        return cidr;
    }

    private static Cidr single(String literal, String text) {
        if (literal.indexOf(':') < 0) {
            long address = ipv4(literal);
            if (address >= 0) {
                return new Cidr(true, 0, address, 32);
            }
        } else if (literal.indexOf('%') < 0) {
            try {
                return of(InetAddress.ofLiteral(literal));
            } catch (IllegalArgumentException e) {
                // said below
            }
        }
        throw new IllegalArgumentException("'" + text + "' is no block of addresses like 10.0.0.0/8 or fd00::/8");
    }

    /** Only what an inet_pton reads: in a rule nobody means 010.1.1.1 to be octal. -1 for anything else. */
    private static long ipv4(String literal) {
        long address = 0;
        int start = 0;
        for (int part = 0; part < 4; part++) {
            int end = part == 3 ? literal.length() : literal.indexOf('.', start);
            int digits = end - start;
            if (digits < 1 || digits > 3 || (digits > 1 && literal.charAt(start) == '0')) {
                return -1;
            }
            int number = 0;
            for (; start < end; start++) {
                int digit = literal.charAt(start) - '0';
                if (digit < 0 || digit > 9) {
                    return -1;
                }
                number = number * 10 + digit;
            }
            if (number > 255) {
                return -1;
            }
            address = address << 8 | number;
            start = end + 1;
        }
        return address;
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
        var bytes = ByteBuffer.wrap(address.getAddress());
        return address instanceof Inet4Address
                ? new Cidr(true, 0, Integer.toUnsignedLong(bytes.getInt()), 32)
                : new Cidr(false, bytes.getLong(), bytes.getLong(), 128);
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
            return AddressText.of(InetAddress.getByAddress(bytes)) + "/" + length;
        } catch (java.net.UnknownHostException e) {
            throw new AssertionError("so many bytes are an address", e);
        }
    }
}
