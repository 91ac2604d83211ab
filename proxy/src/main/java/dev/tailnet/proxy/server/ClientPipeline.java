package dev.tailnet.proxy.server;

import dev.tailnet.proxy.auth.Authenticator;
import dev.tailnet.proxy.connect.Connector;
import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.connection.HandlerNames;
import dev.tailnet.proxy.datagram.Datagrams;
import dev.tailnet.proxy.http.HttpFrontEnd;
import dev.tailnet.proxy.socks.SocksFrontEnd;
import io.netty.channel.ChannelPipeline;
import java.util.function.Supplier;

/**
 * The handlers that a connection of one listener starts with.
 *
 * @param limits asked for each connection
 */
record ClientPipeline(
        ListenerSpec.Kind kind,
        Connector connector,
        Datagrams datagrams,
        Authenticator authenticator,
        HttpFrontEnd http,
        Supplier<Limits> limits)
        implements ClientSetup {

    @Override
    public void start(ChannelPipeline pipeline, Connection connection) {
        connection.startHandshake(limits.get().handshake());
        switch (kind) {
            case MIXED -> pipeline.addLast(HandlerNames.PROTOCOL_DETECTOR, new ProtocolDetector(connection, this));
            case SOCKS5 -> startSocks(pipeline, connection);
            case HTTP -> startHttp(pipeline, connection);
        }
    }

    void startSocks(ChannelPipeline pipeline, Connection connection) {
        SocksFrontEnd.install(pipeline, connection, connector, datagrams, authenticator);
    }

    void startHttp(ChannelPipeline pipeline, Connection connection) {
        http.install(pipeline, connection, limits.get().headerSize());
    }
}
