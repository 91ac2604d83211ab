package dev.tailnet.proxy.testing;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The ways to write an address that some program or other understands. */
public final class Spellings {
    private Spellings() {}

    /** None twice, none in brackets. */
    public static List<String> of(InetAddress address) {
        return address instanceof Inet4Address ? ofIpv4(address) : ofIpv6(address);
    }

    private static List<String> ofIpv4(InetAddress address) {
        byte[] bytes = address.getAddress();
        int a = bytes[0] & 0xff;
        int b = bytes[1] & 0xff;
        int c = bytes[2] & 0xff;
        int d = bytes[3] & 0xff;
        long all = Integer.toUnsignedLong(ByteBuffer.wrap(bytes).getInt());
        String dotted = address.getHostAddress();
        String hex = String.format("%02x%02x:%02x%02x", a, b, c, d);
        List<String> spellings = new ArrayList<>(List.of(
                dotted,
                dotted + ".",
                String.valueOf(all),
                "0" + Long.toOctalString(all),
                String.format("0x%08x", all),
                String.format("0X%X", all),
                String.format("0%o.0%o.0%o.0%o", a, b, c, d),
                String.format("0x%x.0x%x.0x%x.0x%x", a, b, c, d),
                String.format("0%o.%d.0x%x.%d", a, b, c, d),
                a + "." + (all & 0xffffff),
                a + "." + b + "." + (all & 0xffff),
                dotted.chars()
                        .mapToObj(digit -> String.valueOf((char) (digit == '.' ? '.' : digit - '0' + '\uff10')))
                        .reduce("", String::concat),
                "::ffff:" + dotted,
                "::FFFF:" + hex.toUpperCase(Locale.ROOT),
                "0:0:0:0:0:ffff:" + hex,
                "64:ff9b::" + dotted,
                "64:ff9b::" + hex,
                "64:ff9b:1::" + hex,
                "2002:" + hex + "::",
                "2002:" + hex + ":1:2:3:4:5",
                "2001:db8::5efe:" + dotted,
                "2001:db8::200:5efe:" + hex,
                String.format(
                        "2001:0:4136:e378:8000:63bf:%02x%02x:%02x%02x", ~a & 0xff, ~b & 0xff, ~c & 0xff, ~d & 0xff)));
        if (all > 1) {
            spellings.add("::" + hex); // ::0 and ::1 are themselves
        }
        return spellings.stream().distinct().toList();
    }

    private static List<String> ofIpv6(InetAddress address) {
        String full = address.getHostAddress();
        var shorts = ByteBuffer.wrap(address.getAddress()).asShortBuffer();
        var padded = new StringBuilder();
        while (shorts.hasRemaining()) {
            padded.append(padded.isEmpty() ? "" : ":").append(String.format("%04x", shorts.get() & 0xffff));
        }
        return List.of(full, full.toUpperCase(Locale.ROOT), padded.toString()).stream()
                .distinct()
                .toList();
    }
}
