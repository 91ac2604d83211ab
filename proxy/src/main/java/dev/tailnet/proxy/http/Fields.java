package dev.tailnet.proxy.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.List;

/** What a proxy changes in the fields of a message that it passes on. */
final class Fields {
    private static final AsciiString KEEP_ALIVE = AsciiString.cached("keep-alive");
    private static final AsciiString PROXY_CONNECTION = AsciiString.cached("proxy-connection");
    private static final AsciiString VIA_US = AsciiString.cached("1.1 tailnet-agent");
    private static final AsciiString VIA_US_1_0 = AsciiString.cached("1.0 tailnet-agent");

    private Fields() {}

    /** Removes what was meant for this hop alone (RFC 9110, section 7.6.1): what Connection names, and what old programs do not name. */
    static void removeHopByHop(HttpHeaders fields) {
        if (fields.contains(HttpHeaderNames.CONNECTION)) {
            for (String connection : fields.getAll(HttpHeaderNames.CONNECTION)) {
                for (String named : connection.split(",", -1)) {
                    String name = named.strip();
                    if (!name.isEmpty()) {
                        fields.remove(name);
                    }
                }
            }
            fields.remove(HttpHeaderNames.CONNECTION);
        }
        fields.remove(PROXY_CONNECTION)
                .remove(KEEP_ALIVE)
                .remove(HttpHeaderNames.TE)
                .remove(HttpHeaderNames.TRANSFER_ENCODING)
                .remove(HttpHeaderNames.UPGRADE)
                .remove(HttpHeaderNames.PROXY_AUTHORIZATION)
                .remove(HttpHeaderNames.PROXY_AUTHENTICATE);
    }

    /** Removes what no trailer may be. The trailers of an end without any are read-only. */
    static void cleanTrailers(HttpHeaders trailers) {
        if (!trailers.isEmpty()) {
            removeHopByHop(trailers);
            trailers.remove(HttpHeaderNames.HOST);
        }
    }

    /** Adds this proxy to the message's way (RFC 9110, section 7.6.3). */
    static void addVia(HttpHeaders fields, boolean http10) {
        fields.add(HttpHeaderNames.VIA, http10 ? VIA_US_1_0 : VIA_US);
    }

    /** Whether Connection says so (RFC 9112, section 9.3). */
    static boolean keepsAlive(HttpHeaders fields, boolean http10) {
        if (!fields.contains(HttpHeaderNames.CONNECTION)) {
            return !http10;
        }
        return !has(fields, HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE)
                && (!http10 || has(fields, HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE));
    }

    /** Whether a field that is a list has this member. */
    static boolean has(HttpHeaders fields, CharSequence name, CharSequence member) {
        return fields.containsValue(name, member, true);
    }

    /** Whether there are codings other than chunked alone, which no message may have that is read here. */
    static boolean hasStrangeCoding(HttpHeaders fields) {
        if (!fields.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            return false;
        }
        List<String> codings = fields.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        return codings.size() != 1
                || !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(
                        codings.getFirst().strip());
    }

    /** Marks the message as chunked. */
    static void chunked(HttpHeaders fields) {
        fields.remove(HttpHeaderNames.CONTENT_LENGTH);
        fields.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    }

    /** The length that the message says it has; -1 when it says none. */
    static long length(HttpHeaders fields) {
        String length = fields.get(HttpHeaderNames.CONTENT_LENGTH);
        return length == null ? -1 : Long.parseLong(length.strip());
    }
}
