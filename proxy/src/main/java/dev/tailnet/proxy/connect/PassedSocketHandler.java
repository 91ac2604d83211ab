package dev.tailnet.proxy.connect;

import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.connection.HandlerNames;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.FailureReason;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client on a unix socket that has its tunnel and is to pass the socket at the client's end of it (unix(7), SCM_RIGHTS): its
 * bytes then never go through the client.
 */
final class PassedSocketHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOGGER = LoggerFactory.getLogger(PassedSocketHandler.class);

    private final Connector connector;
    private final Connection connection;
    private final ConnectRequest request;
    private final Opened opened;
    private @Nullable Future<?> deadline;
    private boolean done;

    PassedSocketHandler(Connector connector, Connection connection, ConnectRequest request, Opened opened) {
        this.connector = connector;
        this.connection = connection;
        this.request = request;
        this.opened = opened;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        ((EpollDomainSocketChannel) ctx.channel()).config().setReadMode(DomainSocketReadMode.FILE_DESCRIPTORS);
        deadline = ctx.executor()
                .schedule(
                        () -> {
                            giveUp(new ConnectFailure(FailureReason.CANCELLED, "the client passed no socket"));
                            ctx.close();
                        },
                        connector.timeouts.dial().toNanos(),
                        TimeUnit.NANOSECONDS);
        ctx.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof FileDescriptor descriptor)) {
            ReferenceCountUtil.release(message);
        } else if (done) {
            connector.handOver.drop(descriptor.intValue());
        } else {
            take(ctx, descriptor.intValue());
        }
    }

    private void take(ChannelHandlerContext ctx, int descriptor) {
        int fd;
        EpollSocketChannel client;
        try {
            client = new EpollSocketChannel(descriptor);
        } catch (ChannelException e) {
            connector.handOver.drop(descriptor);
            giveUp(new ConnectFailure(FailureReason.CANCELLED, "what the client passed is no socket"));
            ctx.close();
            return;
        }
        try {
            fd = connector.handOver.duplicate(client);
        } catch (IOException e) {
            client.unsafe().closeForcibly();
            giveUp(new ConnectFailure(FailureReason.RESOURCES, String.valueOf(e.getMessage())));
            ctx.close();
            return;
        }
        finish();
        var tunnel = new Tunnel(connector, connection, opened, fd);
        if (tunnel.requiresName()) {
            client.config().setOption(ChannelOption.AUTO_READ, false);
            client.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
            ctx.channel().eventLoop().register(client);
            connection.continueOn(client);
            client.pipeline().addLast(HandlerNames.SHOWN_NAME, new ShownNameHandler(request, connection, tunnel, null));
        } else {
            client.unsafe().closeForcibly();
            tunnel.begin(null);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        giveUp(connection.gone());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOGGER.error("Request {} to {} failed by a fault of the agent", request.id(), request.target(), cause);
        }
        giveUp(connection.gone());
        ctx.close();
    }

    private void giveUp(ConnectFailure why) {
        if (!done) {
            finish();
            opened.discard();
            opened.trail().failed(why);
        }
    }

    private void finish() {
        done = true;
        if (deadline != null) {
            deadline.cancel(false);
        }
    }
}
