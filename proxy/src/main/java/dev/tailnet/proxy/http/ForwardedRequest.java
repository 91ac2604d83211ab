package dev.tailnet.proxy.http;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request as it is sent on.
 *
 * @param hasBody whether content follows the head
 * @param isHttp10 whether the client speaks HTTP/1.0
 * @param keepsClient whether the client means to send another request on its connection
 * @param isUpgrade whether the client asks for another protocol behind the response
 */
record ForwardedRequest(HttpRequest head, boolean hasBody, boolean isHttp10, boolean keepsClient, boolean isUpgrade) {
    /** RFC 9110, section 9.2.2. */
    private static final Set<HttpMethod> IDEMPOTENT = Set.of(
            HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.TRACE, HttpMethod.PUT, HttpMethod.DELETE);

    /**
     * Makes of a client's request the one for the target. The fields are changed in place.
     *
     * @throws RequestRefused for one that two readers could frame differently
     */
    static ForwardedRequest of(HttpRequest request, AbsoluteTarget target) throws RequestRefused {
        HttpHeaders fields = request.headers();
        boolean http10 = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
        check(fields, http10);
        boolean chunked = HttpUtil.isTransferEncodingChunked(request);
        String length = fields.get(HttpHeaderNames.CONTENT_LENGTH);
        boolean hasBody = chunked || Fields.length(fields) > 0;
        boolean keepsClient = Fields.keepsAlive(fields, http10);
        boolean takesTrailers = !http10 && Fields.has(fields, HttpHeaderNames.TE, HttpHeaderValues.TRAILERS);
        String upgrade = http10 || hasBody || !Fields.has(fields, HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE)
                ? null
                : fields.get(HttpHeaderNames.UPGRADE);

        Fields.removeHopByHop(fields);
        frame(fields, chunked, length);
        fields.set(HttpHeaderNames.HOST, target.authority());
        Fields.addVia(fields, http10);
        if (http10) {
            fields.remove(HttpHeaderNames.EXPECT);
        }
        connection(fields, takesTrailers, upgrade);
        var head = new DefaultHttpRequest(HttpVersion.HTTP_1_1, request.method(), target.originForm(), fields);
        return new ForwardedRequest(head, hasBody, http10, keepsClient, upgrade != null);
    }

    private static void check(HttpHeaders fields, boolean http10) throws RequestRefused {
        if (Fields.hasStrangeCoding(fields) || (http10 && fields.contains(HttpHeaderNames.TRANSFER_ENCODING))) {
            throw new RequestRefused(
                    HttpAnswer.badRequest("the only transfer coding of a request is chunked, and only in HTTP/1.1"));
        }
        int hosts = fields.getAll(HttpHeaderNames.HOST).size();
        if (hosts > 1 || (hosts == 0 && !http10)) {
            throw new RequestRefused(HttpAnswer.badRequest("a request of HTTP/1.1 has one Host field"));
        }
    }

    private static void frame(HttpHeaders fields, boolean chunked, @Nullable String length) {
        if (chunked) {
            Fields.chunked(fields);
        } else if (length != null) {
            fields.set(HttpHeaderNames.CONTENT_LENGTH, length);
        }
    }

    private static void connection(HttpHeaders fields, boolean takesTrailers, @Nullable String upgrade) {
        if (takesTrailers) {
            fields.set(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS);
            fields.add(HttpHeaderNames.CONNECTION, HttpHeaderNames.TE);
        }
        if (upgrade != null) {
            fields.set(HttpHeaderNames.UPGRADE, upgrade);
            fields.add(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
        }
    }

    boolean isHead() {
        return head.method().equals(HttpMethod.HEAD);
    }

    /** Whether sending it twice does no more than sending it once, and there is all of it to send. */
    boolean mayBeRepeated() {
        return !hasBody && IDEMPOTENT.contains(head.method());
    }
}
