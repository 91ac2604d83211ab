package dev.tailnet.proxy.server;

import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.connection.FirstByteHandler;
import io.netty.channel.ChannelHandlerContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells SOCKS from HTTP. */
final class ProtocolDetector extends FirstByteHandler {
    private static final Logger LOGGER = LoggerFactory.getLogger(ProtocolDetector.class);
    private static final int SOCKS4 = 0x04;
    private static final int SOCKS5 = 0x05;
    private static final int TLS_HANDSHAKE = 0x16;

    private final Connection connection;
    private final ClientPipeline pipeline;

    ProtocolDetector(Connection connection, ClientPipeline pipeline) {
        this.connection = connection;
        this.pipeline = pipeline;
    }

    @Override
    protected boolean start(ChannelHandlerContext ctx, int first) {
        if (first == SOCKS5 || first == SOCKS4) {
            pipeline.startSocks(ctx.pipeline(), connection);
        } else if (first == '\r' || first == '\n' || (first > ' ' && first < 0x7F)) {
            pipeline.startHttp(ctx.pipeline(), connection);
        } else {
            LOGGER.debug(
                    "Closed a connection from {}: {}",
                    ctx.channel().remoteAddress(),
                    first == TLS_HANDSHAKE
                            ? "it begins with a TLS handshake; a proxy of http://, not https://, is here"
                            : "its first byte is neither SOCKS5's nor HTTP's");
            return false;
        }
        return true;
    }
}
