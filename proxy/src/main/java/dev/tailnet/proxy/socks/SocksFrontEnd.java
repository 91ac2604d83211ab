package dev.tailnet.proxy.socks;

import dev.tailnet.proxy.auth.Authenticator;
import dev.tailnet.proxy.connect.Connector;
import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.connection.HandlerNames;
import dev.tailnet.proxy.datagram.Datagrams;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.socksx.v4.Socks4ServerDecoder;
import io.netty.handler.codec.socksx.v5.Socks5CommandRequestDecoder;
import io.netty.handler.codec.socksx.v5.Socks5InitialRequestDecoder;

/** The way into this package: which handlers a SOCKS client of either version starts with. */
public final class SocksFrontEnd {
    private final Connection connection;
    private final Connector connector;
    private final Datagrams datagrams;
    private final Authenticator authenticator;

    private SocksFrontEnd(
            Connection connection, Connector connector, Datagrams datagrams, Authenticator authenticator) {
        this.connection = connection;
        this.connector = connector;
        this.datagrams = datagrams;
        this.authenticator = authenticator;
    }

    /** Adds the handlers of a SOCKS client's first message at the end of the pipeline. */
    public static void install(
            ChannelPipeline pipeline,
            Connection connection,
            Connector connector,
            Datagrams datagrams,
            Authenticator authenticator) {
        pipeline.addLast(
                HandlerNames.SOCKS_VERSION,
                new SocksVersionHandler(new SocksFrontEnd(connection, connector, datagrams, authenticator)));
    }

    void startVersion4(ChannelPipeline pipeline) {
        pipeline.addLast(HandlerNames.SOCKS4_REQUEST, new Socks4ServerDecoder())
                .addLast(
                        HandlerNames.SOCKS4_HANDSHAKE,
                        new Socks4HandshakeHandler(connection, connector, authenticator));
    }

    void startVersion5(ChannelPipeline pipeline) {
        pipeline.addLast(HandlerNames.SOCKS5_GREETING, new Socks5InitialRequestDecoder())
                .addLast(
                        HandlerNames.SOCKS5_HANDSHAKE,
                        new SocksHandshakeHandler(connection, connector, datagrams, authenticator));
    }

    static ChannelHandler requestDecoder() {
        return new Socks5CommandRequestDecoder(RequestAddressDecoder.INSTANCE);
    }
}
