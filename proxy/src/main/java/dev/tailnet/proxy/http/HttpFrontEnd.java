package dev.tailnet.proxy.http;

import dev.tailnet.proxy.auth.Authenticator;
import dev.tailnet.proxy.connect.Connector;
import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.connection.HandlerNames;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpDecoderConfig;

/** The way into this package. */
public final class HttpFrontEnd {
    private static final int MAX_REQUEST_LINE = 8 * 1024;

    private HttpFrontEnd() {}

    /**
     * Adds the handlers of an HTTP client's first request at the end of the pipeline.
     *
     * @param maxHeaderSize bytes of all header fields together
     */
    public static void install(
            ChannelPipeline pipeline,
            Connection connection,
            Connector connector,
            Authenticator authenticator,
            int maxHeaderSize) {
        var decoder = new PausableRequestDecoder(new HttpDecoderConfig()
                .setMaxInitialLineLength(MAX_REQUEST_LINE)
                .setMaxHeaderSize(maxHeaderSize)
                .setValidateHeaders(true));
        pipeline.addLast(HandlerNames.HTTP_DECODER, decoder)
                .addLast(
                        HandlerNames.HTTP_AUTHENTICATION,
                        new HttpAuthenticationHandler(connection, authenticator, decoder))
                .addLast(HandlerNames.HTTP_REQUEST, new HttpRequestHandler(connection, connector));
    }
}
