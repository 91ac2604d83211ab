package dev.tailnet.proxy.http;

import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.FailureReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Answers requests that ask about the way and may not go further: {@code OPTIONS *}, and TRACE and OPTIONS whose Max-Forwards has run out (RFC 9110, section 7.6.2). */
final class FinalRecipient {
    /** What is not sent back, for whoever asks may not be the one who knows it. */
    private static final Set<String> SECRET = Set.of("authorization", "proxy-authorization", "cookie");

    private static final String ALLOW =
            "HTTP/1.1 200 OK\r\nAllow: CONNECT, DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, TRACE\r\n"
                    + "Content-Length: 0\r\nConnection: close\r\n\r\n";

    private FinalRecipient() {}

    /**
     * The answer to a request that ends here; counts one down that goes on.
     *
     * @return null for a request that goes on
     */
    static @Nullable ByteBuf answer(HttpRequest request, ByteBufAllocator allocator) throws RequestRefused {
        boolean options = request.method().equals(HttpMethod.OPTIONS);
        if (options && request.uri().equals("*")) {
            return ByteBufUtil.writeAscii(allocator, ALLOW);
        }
        String forwards = request.headers().get(HttpHeaderNames.MAX_FORWARDS);
        if (forwards == null || !(options || request.method().equals(HttpMethod.TRACE))) {
            return null;
        }
        int left = parse(forwards);
        if (left > 0) {
            request.headers().set(HttpHeaderNames.MAX_FORWARDS, left - 1);
            return null;
        }
        return ByteBufUtil.writeAscii(allocator, options ? ALLOW : trace(request));
    }

    private static int parse(String forwards) throws RequestRefused {
        try {
            return Integer.parseUnsignedInt(forwards.strip());
        } catch (NumberFormatException e) {
            throw new RequestRefused(HttpAnswer.of(
                    new ConnectFailure(FailureReason.BAD_TARGET, "the request's Max-Forwards is no number")));
        }
    }

    private static String trace(HttpRequest request) {
        var heard = new StringBuilder()
                .append(request.method())
                .append(' ')
                .append(request.uri())
                .append(' ')
                .append(request.protocolVersion())
                .append("\r\n");
        for (Map.Entry<String, String> field : request.headers()) {
            if (!SECRET.contains(field.getKey().toLowerCase(Locale.ROOT))) {
                heard.append(field.getKey())
                        .append(": ")
                        .append(field.getValue())
                        .append("\r\n");
            }
        }
        heard.append("\r\n");
        return "HTTP/1.1 200 OK\r\nContent-Type: message/http\r\nContent-Length: " + heard.length()
                + "\r\nConnection: close\r\n\r\n" + heard;
    }
}
