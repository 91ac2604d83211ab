package dev.tailnet.proxy.request;

import java.net.IDN;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Reads hosts as clients spell them, once, so that everything behind sees one spelling: names in lower case as A-labels without
 * the trailing dot, addresses as addresses.
 *
 * <p>What ends in a number is an IPv4 address or nothing, as in the URL standard of the WHATWG: {@code 0x7f.1} and
 * {@code 2130706433} are 127.0.0.1 to {@code inet_aton}, and so to many resolvers, and must not pass for names.
 */
public final class HostSyntax {
    private static final int MAX_NAME = 253;
    private static final int MAX_LABEL = 63;
    private static final int MAX_SHOWN = 80;

    private HostSyntax() {}

    /**
     * A host in UTF-8.
     *
     * @throws ConnectFailure {@code BAD_TARGET} with the reason
     */
    public static Host parse(byte[] text) throws ConnectFailure {
        try {
            return parse(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(text))
                    .toString());
        } catch (CharacterCodingException e) {
            throw bad(new String(text, StandardCharsets.ISO_8859_1), "is not in UTF-8");
        }
    }

    /**
     * A host by name or address; an IPv6 address with or without brackets.
     *
     * @throws ConnectFailure {@code BAD_TARGET} with the reason
     */
    public static Host parse(String text) throws ConnectFailure {
        boolean bracketed = text.startsWith("[");
        if (bracketed && !text.endsWith("]")) {
            throw bad(text, "has no closing bracket");
        }
        String bare = bracketed ? text.substring(1, text.length() - 1) : text;
        if (bracketed || bare.indexOf(':') >= 0) {
            return ipv6(bare, text);
        }
        String name = normalised(bare, text);
        return endsInNumber(name) ? ipv4(name, text) : new Host.Name(name);
    }

    /** A client's text as it may stand in a message: printable and not long. */
    static String shown(String text) {
        var shown = new StringBuilder();
        text.codePoints()
                .limit(MAX_SHOWN)
                .forEach(c -> shown.appendCodePoint(c < 0x20 || (c >= 0x7F && c < 0xA0) ? '?' : c));
        return "'" + shown + (text.length() > MAX_SHOWN ? "...'" : "'");
    }

    private static Host ipv6(String bare, String text) throws ConnectFailure {
        if (bare.indexOf('%') >= 0) {
            throw bad(text, "has a zone, which means nothing to a proxy");
        }
        try {
            // An IPv4-mapped one comes out as the IPv4 address.
            InetAddress address = Inet6Address.ofLiteral(bare);
            return new Host.Address(address);
        } catch (IllegalArgumentException e) {
            throw bad(text, "is no IPv6 address");
        }
    }

    private static Host ipv4(String name, String text) throws ConnectFailure {
        try {
            return new Host.Address(Inet4Address.ofPosixLiteral(name));
        } catch (IllegalArgumentException e) {
            throw bad(text, "ends in a number and is no IPv4 address");
        }
    }

    private static boolean endsInNumber(String name) {
        int last = name.lastIndexOf('.') + 1;
        return name.startsWith("0x", last) ? areDigits(name, last + 2, 16) : areDigits(name, last, 10);
    }

    private static boolean areDigits(String name, int from, int radix) {
        for (int i = from; i < name.length(); i++) {
            if (Character.digit(name.charAt(i), radix) < 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    private static String normalised(String bare, String text) throws ConnectFailure {
        String ascii = bare;
        if (!isAscii(bare)) {
            try {
                ascii = IDN.toASCII(bare, IDN.ALLOW_UNASSIGNED);
            } catch (IllegalArgumentException e) {
                throw bad(text, "is no internationalised name: " + e.getMessage());
            }
        }
        String name = ascii.toLowerCase(Locale.ROOT);
        if (name.endsWith(".")) {
            name = name.substring(0, name.length() - 1);
        }
        if (name.isEmpty()) {
            throw bad(text, "is empty");
        }
        if (name.length() > MAX_NAME) {
            throw bad(text, "is longer than " + MAX_NAME + " characters");
        }
        int label = 0;
        for (int i = 0; i <= name.length(); i++) {
            char c = i < name.length() ? name.charAt(i) : '.';
            if (c == '.') {
                if (label == 0) {
                    throw bad(text, "has an empty label");
                }
                label = 0;
            } else if (!isNameCharacter(c)) {
                throw bad(text, "has a character that no host name has");
            } else if (++label > MAX_LABEL) {
                throw bad(text, "has a label longer than " + MAX_LABEL + " characters");
            }
        }
        return name;
    }

    /** Letters, digits and hyphen; and the underscore, which names of services have. */
    private static boolean isNameCharacter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    }

    private static ConnectFailure bad(String text, String why) {
        return new ConnectFailure(FailureReason.BAD_TARGET, "the host " + shown(text) + " " + why);
    }
}
