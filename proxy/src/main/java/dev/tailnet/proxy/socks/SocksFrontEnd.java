package dev.tailnet.proxy.socks;

import dev.tailnet.proxy.connect.Connector;
import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.connection.HandlerNames;
import io.netty.channel.ChannelPipeline;

/** The way into this package. */
public final class SocksFrontEnd {
    private SocksFrontEnd() {}

    /** Adds the handler of a SOCKS5 client's first message at the end of the pipeline. */
    public static void install(ChannelPipeline pipeline, Connection connection, Connector connector) {
        pipeline.addLast(HandlerNames.SOCKS5_GREETING, new SocksGreetingHandler(connection, connector));
    }
}
