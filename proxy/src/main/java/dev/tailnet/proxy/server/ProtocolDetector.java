package dev.tailnet.proxy.server;

import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.connection.Draining;
import dev.tailnet.proxy.connection.HandshakeTimeout;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at a connection's first byte and gives way to the protocol it belongs to. */
final class ProtocolDetector extends ChannelInboundHandlerAdapter {
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
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        var bytes = (ByteBuf) message;
        if (!bytes.isReadable()) {
            bytes.release();
            return;
        }
        int first = bytes.getUnsignedByte(bytes.readerIndex());
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
            ReferenceCountUtil.release(message);
            ctx.close();
            return;
        }
        ctx.pipeline().remove(this);
        ctx.fireChannelRead(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof HandshakeTimeout
                || event instanceof Draining
                || event instanceof ChannelInputShutdownEvent) {
            ctx.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
