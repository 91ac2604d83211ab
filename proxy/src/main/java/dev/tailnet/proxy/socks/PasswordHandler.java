package dev.tailnet.proxy.socks;

import dev.tailnet.proxy.auth.Authenticator;
import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.connection.Farewell;
import dev.tailnet.proxy.connection.HandlerNames;
import dev.tailnet.proxy.connection.Rejection;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks a SOCKS5 client's name and password (RFC 1929), once, and gives way to the request behind them. */
final class PasswordHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOGGER = LoggerFactory.getLogger(PasswordHandler.class);

    private final Connection connection;
    private final Authenticator authenticator;
    private @Nullable Future<Optional<String>> check;

    PasswordHandler(Connection connection, Authenticator authenticator) {
        this.connection = connection;
        this.authenticator = authenticator;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof PasswordRequest request) || check != null) {
            ReferenceCountUtil.release(message);
            return;
        }
        // What the client sends meanwhile may wait in its socket.
        ctx.channel().config().setAutoRead(false);
        Future<Optional<String>> asked = request.credentials()
                .map(credentials -> authenticator.authenticate(credentials, ctx.executor()))
                .orElseGet(() -> ctx.executor().newSucceededFuture(Optional.empty()));
        check = asked;
        asked.addListener((Future<Optional<String>> done) -> checked(ctx, done));
    }

    private void checked(ChannelHandlerContext ctx, Future<Optional<String>> done) {
        if (!ctx.channel().isActive() || ctx.isRemoved()) {
            return;
        }
        Optional<String> user = done.isSuccess() ? done.getNow() : Optional.empty();
        if (user.isEmpty()) {
            connection.rejected(Rejection.AUTHENTICATION);
            LOGGER.info(
                    "Refused the SOCKS handshake of {}: {}",
                    ctx.channel().remoteAddress(),
                    done.isSuccess()
                            ? "wrong user name or password"
                            : done.cause().getMessage());
            Farewell.say(connection, SocksReplies.wrongPassword(ctx.alloc()));
            return;
        }
        connection.authenticated(user.get());
        ctx.writeAndFlush(SocksReplies.rightPassword(ctx.alloc()));
        ctx.pipeline().remove(this);
        ctx.pipeline()
                .replace(
                        HandlerNames.SOCKS5_PASSWORD_DECODER,
                        HandlerNames.SOCKS5_REQUEST,
                        SocksFrontEnd.requestDecoder());
        ctx.channel().config().setAutoRead(true);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (check != null) {
            check.cancel(false);
        }
        ctx.fireChannelInactive();
    }
}
