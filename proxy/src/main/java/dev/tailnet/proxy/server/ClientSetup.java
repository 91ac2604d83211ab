package dev.tailnet.proxy.server;

import dev.tailnet.proxy.connection.Connection;
import io.netty.channel.ChannelPipeline;

/** What a listener does with a connection that it has accepted. */
@FunctionalInterface
interface ClientSetup {

    /** Adds the handlers that the connection starts with. */
    void start(ChannelPipeline pipeline, Connection connection);
}
