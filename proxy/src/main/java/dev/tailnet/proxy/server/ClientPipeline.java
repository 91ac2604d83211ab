package dev.tailnet.proxy.server;

import dev.tailnet.proxy.connect.Connector;
import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.connection.HandlerNames;
import dev.tailnet.proxy.http.HttpFrontEnd;
import dev.tailnet.proxy.socks.SocksFrontEnd;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import java.time.Duration;

/** The handlers that a connection of one listener starts with. */
record ClientPipeline(ListenerSpec.Kind kind, Connector connector, Duration handshake) {

    ChannelHandler initializer(Connection connection) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                start(channel.pipeline(), connection);
            }
        };
    }

    private void start(ChannelPipeline pipeline, Connection connection) {
        connection.startHandshake(handshake);
        switch (kind) {
            case MIXED -> pipeline.addLast(HandlerNames.PROTOCOL_DETECTOR, new ProtocolDetector(connection, connector));
            case SOCKS5 -> SocksFrontEnd.install(pipeline, connection, connector);
            case HTTP -> HttpFrontEnd.install(pipeline, connection, connector);
        }
    }
}
