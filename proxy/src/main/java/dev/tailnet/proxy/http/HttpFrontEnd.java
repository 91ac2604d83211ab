package dev.tailnet.proxy.http;

import dev.tailnet.proxy.auth.Authenticator;
import dev.tailnet.proxy.connect.Connector;
import dev.tailnet.proxy.connect.Replies;
import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.connection.HandlerNames;
import dev.tailnet.proxy.request.LocalRequest;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpDecoderConfig;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The way into this package. Safe for use by any event loop. */
public final class HttpFrontEnd {
    private static final int MAX_REQUEST_LINE = 8 * 1024;
    private static final int MAX_CHUNK = 64 * 1024;

    private final Connector connector;
    private final Authenticator authenticator;
    private final HttpLimits limits;
    private final ConcurrentMap<EventLoop, UpstreamPool> pools = new ConcurrentHashMap<>();

    /**
     * @param authenticator asked before anything else on every request
     */
    public HttpFrontEnd(Connector connector, Authenticator authenticator, HttpLimits limits) {
        this.connector = connector;
        this.authenticator = authenticator;
        this.limits = limits;
    }

    /**
     * Adds the handlers of an HTTP client's connection at the end of the pipeline.
     *
     * @param maxHeaderSize bytes of all header fields together
     */
    public void install(ChannelPipeline pipeline, Connection connection, int maxHeaderSize) {
        var decoder = new RequestDecoder(new HttpDecoderConfig()
                .setMaxInitialLineLength(MAX_REQUEST_LINE)
                .setMaxHeaderSize(maxHeaderSize)
                .setMaxChunkSize(MAX_CHUNK)
                .setStrictLineParsing(true)
                .setValidateHeaders(true));
        pipeline.addLast(HandlerNames.HTTP_DECODER, decoder)
                .addLast(
                        HandlerNames.HTTP_AUTHENTICATION,
                        new HttpAuthenticationHandler(connection, authenticator, decoder))
                .addLast(HandlerNames.HTTP_REQUEST, new HttpRequestHandler(this, connection, decoder));
    }

    Connector connector() {
        return connector;
    }

    HttpLimits limits() {
        return limits;
    }

    /** The waiting connections that the loop's clients share. */
    UpstreamPool pool(EventLoop loop) {
        return pools.computeIfAbsent(
                loop,
                each -> new UpstreamPool(
                        each, limits.upstreamPerTarget(), limits.upstreamInAll(), limits.upstreamIdle()));
    }

    /** Goes on with a CONNECT that was read elsewhere. */
    public static void connect(Connection connection, Connector connector, LocalRequest request) {
        connector.connect(connection, request, replies(request));
    }

    /** How such a request is answered. */
    public static Replies replies(LocalRequest request) {
        return request.way() == LocalRequest.Way.HERE ? HttpReplies.INSTANCE : HttpReplies.AWAITING_SOCKET;
    }
}
