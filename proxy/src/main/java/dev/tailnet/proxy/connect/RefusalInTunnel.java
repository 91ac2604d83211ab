package dev.tailnet.proxy.connect;

import dev.tailnet.proxy.peek.ShownName;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** What a client is told through a tunnel that must not begin, in the words of what it speaks there. */
final class RefusalInTunnel {
    /** A fatal alert: access_denied (RFC 8446, section 6). */
    private static final byte[] TLS_ALERT = {21, 3, 3, 0, 2, 2, 49};

    private RefusalInTunnel() {}

    static ByteBuf of(ShownName.Protocol protocol, String message) {
        return switch (protocol) {
            case TLS -> Unpooled.wrappedBuffer(TLS_ALERT);
            case HTTP -> Unpooled.wrappedBuffer(response(message).getBytes(StandardCharsets.UTF_8));
            case OTHER -> Unpooled.EMPTY_BUFFER;
        };
    }

    private static String response(String message) {
        String body = "tailnet-agent: " + message + "\n";
        return "HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length
                + "\r\nProxy-Status: tailnet-agent; error=http_request_denied\r\nConnection: close\r\n\r\n" + body;
    }
}
