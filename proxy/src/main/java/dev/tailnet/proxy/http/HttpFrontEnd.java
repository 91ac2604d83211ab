package dev.tailnet.proxy.http;

import dev.tailnet.proxy.connect.Connector;
import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.connection.HandlerNames;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;

/** The way into this package. */
public final class HttpFrontEnd {
    private static final int MAX_REQUEST_LINE = 8 * 1024;
    private static final int MAX_HEADERS = 32 * 1024;

    private static final HttpDecoderConfig CONFIG = new HttpDecoderConfig()
            .setMaxInitialLineLength(MAX_REQUEST_LINE)
            .setMaxHeaderSize(MAX_HEADERS)
            .setValidateHeaders(true);

    private HttpFrontEnd() {}

    /** Adds the handlers of an HTTP client's first request at the end of the pipeline. */
    public static void install(ChannelPipeline pipeline, Connection connection, Connector connector) {
        pipeline.addLast(HandlerNames.HTTP_DECODER, new HttpRequestDecoder(CONFIG))
                .addLast(HandlerNames.HTTP_REQUEST, new HttpRequestHandler(connection, connector));
    }
}
