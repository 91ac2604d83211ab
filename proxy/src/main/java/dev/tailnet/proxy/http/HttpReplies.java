package dev.tailnet.proxy.http;

import dev.tailnet.proxy.connect.Replies;
import dev.tailnet.proxy.request.ConnectFailure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** The responses to CONNECT. A successful one has neither Content-Length nor Transfer-Encoding (RFC 9110, section 9.3.6). */
final class HttpReplies implements Replies {
    static final HttpReplies INSTANCE = new HttpReplies("");

    /** To a client that passes the socket which is to be its end of the tunnel: the field tells that it is understood. */
    static final HttpReplies AWAITING_SOCKET = new HttpReplies("Tailnet-Agent-Socket: awaited\r\n");

    private final ByteBuf established;

    private HttpReplies(String fields) {
        established = constant("HTTP/1.1 200 Connection established\r\n" + fields + "\r\n");
    }

    @Override
    public ByteBuf established(ByteBufAllocator allocator) {
        return established.duplicate();
    }

    @Override
    public ByteBuf failed(ByteBufAllocator allocator, ConnectFailure failure) {
        return HttpAnswer.of(failure).encode(allocator);
    }

    private static ByteBuf constant(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        ByteBuf buffer = Unpooled.directBuffer(bytes.length, bytes.length).writeBytes(bytes);
        return Unpooled.unreleasableBuffer(buffer).asReadOnly();
    }
}
