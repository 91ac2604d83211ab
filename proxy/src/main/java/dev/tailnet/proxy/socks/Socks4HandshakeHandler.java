package dev.tailnet.proxy.socks;

import dev.tailnet.proxy.auth.Authenticator;
import dev.tailnet.proxy.connect.Connector;
import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.connection.Farewell;
import dev.tailnet.proxy.connection.HandlerNames;
import dev.tailnet.proxy.connection.HandshakeTimeout;
import dev.tailnet.proxy.connection.Rejection;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest.Protocol;
import dev.tailnet.proxy.request.HostSyntax;
import dev.tailnet.proxy.request.Target;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.socksx.v4.Socks4CommandRequest;
import io.netty.handler.codec.socksx.v4.Socks4CommandType;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a request of SOCKS4, or of SOCKS4a with its name, and gives a CONNECT on. The user id in it is whatever the client likes
 * to say: where clients have to prove who they are, this version has no way to.
 */
final class Socks4HandshakeHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOGGER = LoggerFactory.getLogger(Socks4HandshakeHandler.class);

    private final Connection connection;
    private final Connector connector;
    private final Authenticator authenticator;
    private boolean refused;

    Socks4HandshakeHandler(Connection connection, Connector connector, Authenticator authenticator) {
        this.connection = connection;
        this.connector = connector;
        this.authenticator = authenticator;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof Socks4CommandRequest request && !refused) {
            connect(ctx, request);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    private void connect(ChannelHandlerContext ctx, Socks4CommandRequest request) {
        if (request.decoderResult().isFailure()) {
            refuse(ctx, request.decoderResult().cause().getMessage());
        } else if (authenticator.isRequired()) {
            connection.rejected(Rejection.AUTHENTICATION);
            LOGGER.info(
                    "Refused the SOCKS4 handshake of {}: a user name and password are asked for, and SOCKS4 has none; use"
                            + " SOCKS5 (socks5h://USER:PASSWORD@...)",
                    ctx.channel().remoteAddress());
            refuse(ctx, "not authenticated");
        } else if (!request.type().equals(Socks4CommandType.CONNECT)) {
            refuse(ctx, "command " + request.type() + " is not CONNECT");
        } else {
            try {
                Target target = Target.of(HostSyntax.parse(request.dstAddr()), request.dstPort());
                connector.connect(connection, Protocol.SOCKS4, null, target, Socks4Replies.INSTANCE);
                // Only with the next handler in place: the decoder is about to pass on what came behind the request.
                ctx.pipeline().remove(this);
                ctx.pipeline().remove(HandlerNames.SOCKS4_REQUEST);
            } catch (ConnectFailure e) {
                refuse(ctx, e.getMessage());
            }
        }
    }

    private void refuse(ChannelHandlerContext ctx, @Nullable String why) {
        refused = true;
        LOGGER.debug("Refused the SOCKS4 handshake of {}: {}", ctx.channel().remoteAddress(), why);
        Farewell.say(connection, Socks4Replies.rejected(ctx.alloc()));
    }

    /** A client that stops halfway has no request. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof HandshakeTimeout || event instanceof ChannelInputShutdownEvent) {
            ctx.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof DecoderException && !refused) {
            // Of a name that does not even fit into Netty's message for what cannot be decoded.
            refuse(ctx, cause.getMessage());
        } else {
            LOGGER.debug("The SOCKS4 handshake of {} failed", ctx.channel().remoteAddress(), cause);
            ctx.close();
        }
    }
}
