package dev.tailnet.proxy.forward;

import dev.tailnet.proxy.connect.Connector;
import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.request.ConnectRequest.Protocol;
import dev.tailnet.proxy.request.Target;
import io.netty.channel.ChannelPipeline;

/** The way into this package. */
public final class ForwardFrontEnd {
    private ForwardFrontEnd() {}

    /** Asks for the tunnel before the client has said a word: it may well be the target that speaks first. */
    public static void install(ChannelPipeline pipeline, Connection connection, Connector connector, Target target) {
        connector.connect(connection, Protocol.FORWARD, null, target, ForwardReplies.INSTANCE);
    }
}
