package dev.tailnet.proxy.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * A final response as it is passed on.
 *
 * @param endsWithConnection whether its body ends where the target's connection does
 * @param isDelimited whether the client can tell the end of the body from a broken connection
 * @param leavesUpstreamOpen whether the target means to answer another request on its connection
 * @param leavesClientOpen whether the client may send another request on its connection
 */
record ForwardedResponse(
        HttpResponse head,
        boolean endsWithConnection,
        boolean isDelimited,
        boolean leavesUpstreamOpen,
        boolean leavesClientOpen) {

    /**
     * Makes of a target's response the one for the client. The fields are changed in place.
     *
     * @param mayLeaveOpen whether the client's connection may serve another request
     */
    static ForwardedResponse of(HttpResponse response, ForwardedRequest request, boolean mayLeaveOpen) {
        HttpHeaders fields = response.headers();
        boolean http10 = response.protocolVersion().equals(HttpVersion.HTTP_1_0);
        boolean empty = request.isHead()
                || response.status().equals(HttpResponseStatus.NO_CONTENT)
                || response.status().equals(HttpResponseStatus.NOT_MODIFIED);
        String length = fields.get(HttpHeaderNames.CONTENT_LENGTH);
        boolean chunked = HttpUtil.isTransferEncodingChunked(response);
        boolean endsWithConnection = !empty && !chunked && length == null;
        boolean leavesUpstreamOpen = !endsWithConnection && Fields.keepsAlive(fields, http10);

        Fields.removeHopByHop(fields);
        Fields.addVia(fields, http10);
        boolean delimited = frame(fields, empty, chunked ? null : length, request.isHttp10());
        boolean leavesClientOpen = mayLeaveOpen && delimited && request.keepsClient();
        if (!leavesClientOpen) {
            fields.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (request.isHttp10()) {
            fields.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
        response.setProtocolVersion(HttpVersion.HTTP_1_1);
        return new ForwardedResponse(response, endsWithConnection, delimited, leavesUpstreamOpen, leavesClientOpen);
    }

    private static boolean frame(HttpHeaders fields, boolean empty, @Nullable String length, boolean toHttp10) {
        if (length != null) {
            fields.set(HttpHeaderNames.CONTENT_LENGTH, length);
        } else if (!empty && toHttp10) {
            fields.remove(HttpHeaderNames.CONTENT_LENGTH);
            return false;
        } else if (!empty) {
            Fields.chunked(fields);
        }
        return true;
    }

    /** An interim response, of which there may be several before the final one (RFC 9110, section 15.2). */
    static FullHttpResponse interim(HttpResponse response) {
        Fields.removeHopByHop(response.headers());
        return whole(response);
    }

    /** The response behind which another protocol begins. */
    static FullHttpResponse switching(HttpResponse response) {
        String upgrade = response.headers().get(HttpHeaderNames.UPGRADE);
        Fields.removeHopByHop(response.headers());
        if (upgrade != null) {
            response.headers().set(HttpHeaderNames.UPGRADE, upgrade);
        }
        response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
        return whole(response);
    }

    private static FullHttpResponse whole(HttpResponse response) {
        return new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                response.status(),
                Unpooled.EMPTY_BUFFER,
                response.headers(),
                EmptyHttpHeaders.INSTANCE);
    }
}
