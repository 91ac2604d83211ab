package dev.tailnet.proxy.peek;

import dev.tailnet.proxy.peek.ShownName.Found;
import dev.tailnet.proxy.peek.ShownName.Missing;
import dev.tailnet.proxy.peek.ShownName.Protocol;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * The Host field of the first request of HTTP/1 (RFC 9112, section 3.2). Only of a request that every server reads the same way:
 * in origin form, with one such field, and lines that end as they should.
 */
final class HostField {
    private static final int MAX_HEAD = 1 << 15;
    private static final String HEAD_END = "\r\n\r\n";
    private static final Pattern REQUEST_LINE = Pattern.compile("[A-Z]+ (/[^ ]*|\\*) HTTP/1\\.[01]");
    private static final Pattern FIELD =
            Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \\t]*([^\\x00-\\x08\\x0A-\\x1F\\x7F]*)");
    private static final ShownName MISSING = new Missing(Protocol.HTTP);

    private HostField() {}

    static ShownName read(ByteBuf bytes) {
        int length = Math.min(bytes.readableBytes(), MAX_HEAD);
        String text = bytes.toString(bytes.readerIndex(), length, StandardCharsets.ISO_8859_1);
        int end = text.indexOf(HEAD_END);
        if (end < 0) {
            return length < MAX_HEAD && mayBeRequest(text) ? ShownName.INCOMPLETE : MISSING;
        }
        String[] lines = text.substring(0, end).split("\r\n", -1);
        if (!REQUEST_LINE.matcher(lines[0]).matches()) {
            return MISSING;
        }
        String host = null;
        for (int i = 1; i < lines.length; i++) {
            var field = FIELD.matcher(lines[i]);
            if (!field.matches()) {
                return MISSING;
            }
            if (field.group(1).equalsIgnoreCase("host")) {
                if (host != null) {
                    return MISSING;
                }
                host = withoutPort(field.group(2).strip());
            }
        }
        return host == null || host.isEmpty() ? MISSING : new Found(host, Protocol.HTTP);
    }

    /** Keeps a client of another protocol from waiting for the end of a head that never comes. */
    private static boolean mayBeRequest(String text) {
        int line = text.indexOf("\r\n");
        return line < 0
                ? text.chars().allMatch(c -> c >= 0x20 && c < 0x7f || c == '\r')
                : REQUEST_LINE.matcher(text.substring(0, line)).matches();
    }

    private static String withoutPort(String authority) {
        int colon = authority.lastIndexOf(':');
        return colon > authority.lastIndexOf(']') ? authority.substring(0, colon) : authority;
    }
}
