package dev.tailnet.proxy.http;

import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpStatusClass;

/** Netty's encoder, told which request it answers. */
final class ResponseEncoder extends HttpResponseEncoder {
    private boolean toHead;

    /** Whether the responses from here on have no body whatever their fields say (RFC 9110, section 9.3.2). */
    void toHead(boolean head) {
        toHead = head;
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpResponse response) {
        return super.isContentAlwaysEmpty(response)
                || (toHead && response.status().codeClass() != HttpStatusClass.INFORMATIONAL);
    }
}
