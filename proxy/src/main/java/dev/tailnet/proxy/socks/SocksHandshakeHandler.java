package dev.tailnet.proxy.socks;

import dev.tailnet.proxy.auth.Authenticator;
import dev.tailnet.proxy.connect.Connector;
import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.connection.Farewell;
import dev.tailnet.proxy.connection.HandlerNames;
import dev.tailnet.proxy.connection.HandshakeTimeout;
import dev.tailnet.proxy.connection.Rejection;
import dev.tailnet.proxy.datagram.Datagrams;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest.Protocol;
import dev.tailnet.proxy.request.HostSyntax;
import dev.tailnet.proxy.request.Target;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.socksx.v5.Socks5AddressType;
import io.netty.handler.codec.socksx.v5.Socks5AuthMethod;
import io.netty.handler.codec.socksx.v5.Socks5CommandRequest;
import io.netty.handler.codec.socksx.v5.Socks5CommandType;
import io.netty.handler.codec.socksx.v5.Socks5InitialRequest;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the greeting with "no authentication required", or asks for a user name and password (RFC 1928, section 3), and gives
 * the CONNECT or UDP ASSOCIATE behind it on (section 4).
 *
 * <p>Netty's decoders turn what they cannot read into a message that looks like a good one: its decoder result comes first.
 */
final class SocksHandshakeHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOGGER = LoggerFactory.getLogger(SocksHandshakeHandler.class);

    private final Connection connection;
    private final Connector connector;
    private final Datagrams datagrams;
    private final Authenticator authenticator;
    private boolean refused;

    SocksHandshakeHandler(
            Connection connection, Connector connector, Datagrams datagrams, Authenticator authenticator) {
        this.connection = connection;
        this.connector = connector;
        this.datagrams = datagrams;
        this.authenticator = authenticator;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        switch (message) {
            case Socks5InitialRequest greeting when !refused -> chooseMethod(ctx, greeting);
            case Socks5CommandRequest request when !refused -> obey(ctx, request);
            // What a decoder still passes on behind a refused message.
            default -> ReferenceCountUtil.release(message);
        }
    }

    private void chooseMethod(ChannelHandlerContext ctx, Socks5InitialRequest greeting) {
        if (greeting.decoderResult().isFailure()) {
            refuseMethods(ctx, greeting.decoderResult().cause().getMessage());
        } else if (authenticator.isRequired()) {
            askForPassword(ctx, greeting);
        } else if (!greeting.authMethods().contains(Socks5AuthMethod.NO_AUTH)) {
            refuseMethods(ctx, "it insists on authentication, and none is asked for here");
        } else {
            ctx.writeAndFlush(SocksReplies.noAuthentication());
            // Replaced, not removed and added: so the bytes behind the greeting go to the new decoder.
            ctx.pipeline()
                    .replace(HandlerNames.SOCKS5_GREETING, HandlerNames.SOCKS5_REQUEST, SocksFrontEnd.requestDecoder());
        }
    }

    private void askForPassword(ChannelHandlerContext ctx, Socks5InitialRequest greeting) {
        if (!greeting.authMethods().contains(Socks5AuthMethod.PASSWORD)) {
            connection.rejected(Rejection.AUTHENTICATION);
            LOGGER.info(
                    "Refused the SOCKS handshake of {}: it offers no user name and password (socks5h://USER:PASSWORD@...)",
                    ctx.channel().remoteAddress());
            refuseMethods(ctx, "not authenticated");
            return;
        }
        ctx.writeAndFlush(SocksReplies.passwordMethod(ctx.alloc()));
        ctx.pipeline()
                .addBefore(
                        HandlerNames.SOCKS5_HANDSHAKE,
                        HandlerNames.SOCKS5_PASSWORD,
                        new PasswordHandler(connection, authenticator));
        ctx.pipeline()
                .replace(
                        HandlerNames.SOCKS5_GREETING,
                        HandlerNames.SOCKS5_PASSWORD_DECODER,
                        new PasswordRequestDecoder());
    }

    private void obey(ChannelHandlerContext ctx, Socks5CommandRequest request) {
        if (request.decoderResult().isFailure()) {
            Throwable cause = request.decoderResult().cause();
            refuse(ctx, SocksReplies.of(ctx.alloc(), RequestRefused.statusOf(cause)), cause.getMessage());
            return;
        }
        try {
            if (request.type().equals(Socks5CommandType.UDP_ASSOCIATE)) {
                connection.admit();
                AssociationHandler.begin(connection, datagrams, announced(request));
            } else {
                Target target = Target.of(HostSyntax.parse(request.dstAddr()), request.dstPort());
                connector.connect(connection, Protocol.SOCKS5, connection.role(), target, SocksReplies.INSTANCE);
            }
            leave(ctx);
        } catch (ConnectFailure e) {
            refuse(ctx, SocksReplies.INSTANCE.failed(ctx.alloc(), e), e.getMessage());
        }
    }

    /** Only with the next handler in place: the decoder is about to pass on what came behind the request. */
    private void leave(ChannelHandlerContext ctx) {
        ctx.pipeline().remove(this);
        ctx.pipeline().remove(HandlerNames.SOCKS5_REQUEST);
    }

    /** Where a client says it will send datagrams from; a name says nothing. */
    private static InetSocketAddress announced(Socks5CommandRequest request) {
        return request.dstAddrType().equals(Socks5AddressType.DOMAIN)
                ? new InetSocketAddress(0)
                : new InetSocketAddress(InetAddress.ofLiteral(request.dstAddr()), request.dstPort());
    }

    private void refuseMethods(ChannelHandlerContext ctx, @Nullable String why) {
        refuse(ctx, SocksReplies.noAcceptableMethod(ctx.alloc()), why);
    }

    private void refuse(ChannelHandlerContext ctx, ByteBuf reply, @Nullable String why) {
        refused = true;
        LOGGER.debug("Refused the SOCKS handshake of {}: {}", ctx.channel().remoteAddress(), why);
        Farewell.say(connection, reply);
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
        LOGGER.debug("The SOCKS handshake of {} failed", ctx.channel().remoteAddress(), cause);
        ctx.close();
    }
}
