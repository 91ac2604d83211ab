package dev.tailnet.proxy.socks;

import dev.tailnet.proxy.connect.Connector;
import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.connection.HandlerNames;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.socksx.v5.Socks5InitialRequestDecoder;

/** The way into this package. */
public final class SocksFrontEnd {
    private SocksFrontEnd() {}

    /** Adds the handlers of a SOCKS5 client's first message at the end of the pipeline. */
    public static void install(ChannelPipeline pipeline, Connection connection, Connector connector) {
        pipeline.addLast(HandlerNames.SOCKS4_REJECTION, new Socks4RejectionHandler(connection))
                .addLast(HandlerNames.SOCKS5_GREETING, new Socks5InitialRequestDecoder())
                .addLast(HandlerNames.SOCKS5_HANDSHAKE, new SocksHandshakeHandler(connection, connector));
    }
}
