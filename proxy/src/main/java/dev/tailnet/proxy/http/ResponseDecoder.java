package dev.tailnet.proxy.http;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpStatusClass;

/** Netty's decoder, told which request is answered. */
final class ResponseDecoder extends HttpResponseDecoder {
    private boolean toHead;
    private boolean ambiguous;

    ResponseDecoder(HttpDecoderConfig config) {
        super(config);
    }

    /** Whether the responses from here on have no body whatever their fields say (RFC 9110, section 9.3.2). */
    void toHead(boolean head) {
        toHead = head;
    }

    /** Whether a response had both a length and a coding: one to be read by the coding, and the connection's last (RFC 9112, section 6.3). */
    boolean isAmbiguous() {
        return ambiguous;
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        return super.isContentAlwaysEmpty(message)
                || (toHead
                        && message instanceof HttpResponse response
                        && response.status().codeClass() != HttpStatusClass.INFORMATIONAL);
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        ambiguous = true;
        super.handleTransferEncodingChunkedWithContentLength(message);
    }
}
