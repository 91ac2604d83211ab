package dev.tailnet.agent.status;

import dev.tailnet.agent.page.Feed;
import dev.tailnet.agent.page.PageDocument;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The page at {@code /} and its stream at {@code /events}. Made when somebody asks for it first; all on the thread that renders. */
final class Page {
    private final PageDocument document = PageDocument.load();
    private final Feed feed;

    Page(Feed feed) {
        this.feed = feed;
    }

    /** Whether this is a browser that wants to show something; others get a list of paths. */
    static boolean isWanted(FullHttpRequest request) {
        return request.headers().getAllAsString(HttpHeaderNames.ACCEPT).stream()
                .anyMatch(accepted -> accepted.contains("text/html"));
    }

    /** Whether another site's page asks: it could not read the stream, but take a viewer's place. */
    static boolean isForeign(FullHttpRequest request) {
        @Nullable String site = request.headers().get("Sec-Fetch-Site");
        return site != null && !site.equals("same-origin") && !site.equals("none");
    }

    Answer document() {
        return Answer.ok("text/html; charset=utf-8", document.html())
                .with(Map.of(
                        "Content-Security-Policy", document.contentSecurityPolicy(),
                        "Referrer-Policy", "no-referrer",
                        "Cross-Origin-Opener-Policy", "same-origin",
                        "Cross-Origin-Resource-Policy", "same-origin"));
    }

    void stream(ChannelHandlerContext ctx, boolean head) {
        if (feed.isFull()) {
            Answer.text(HttpResponseStatus.SERVICE_UNAVAILABLE, "As many pages are open as are kept up to date.")
                    .send(ctx, head);
            return;
        }
        if (head) {
            Answer.ok("text/event-stream", new byte[0]).send(ctx, true);
            return;
        }
        var response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream")
                .set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE)
                .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
                .set("X-Content-Type-Options", "nosniff");
        ctx.writeAndFlush(response);
        feed.join(ctx.channel());
    }
}
