package dev.tailnet.proxy.server;

import dev.tailnet.proxy.connection.AtMostOncePerMinute;
import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.connection.Connections;
import dev.tailnet.proxy.request.ConnectFailure;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A listener's only handler: counts each new connection and gives it to an event loop, and rests when the process is out of descriptors. */
final class Acceptor extends ChannelInboundHandlerAdapter {
    private static final Logger LOGGER = LoggerFactory.getLogger(Acceptor.class);
    private static final int REST_MILLISECONDS = 500;

    private final EventLoopGroup group;
    private final Connections connections;
    private final ClientSetup setup;
    private final AtMostOncePerMinute full = new AtMostOncePerMinute();
    private final AtMostOncePerMinute failing = new AtMostOncePerMinute();

    Acceptor(EventLoopGroup group, Connections connections, ClientSetup setup) {
        this.group = group;
        this.connections = connections;
        this.setup = setup;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        var client = (Channel) message;
        Connection connection = connections.accepted(client);
        if (connection == null) {
            warn("more are waiting to be told so than can be, and the rest is closed at once");
            client.unsafe().closeForcibly();
            return;
        }
        ConnectFailure refusal = connection.refusal();
        if (refusal != null) {
            warn(refusal.getMessage());
        }
        client.config().setOption(ChannelOption.TCP_NODELAY, true);
        if (!isLoopback(client)) {
            // So that one whose machine has gone without a word is noticed some day.
            client.config().setOption(ChannelOption.SO_KEEPALIVE, true);
        }
        // A client may have said all it has to say and still wait for the answer.
        client.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        client.pipeline().addLast(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                setup.start(channel.pipeline(), connection);
            }
        });
        group.register(client).addListener(registered -> {
            if (!registered.isSuccess()) {
                client.unsafe().closeForcibly();
                connection.ended();
            }
        });
    }

    private static boolean isLoopback(Channel client) {
        return client.remoteAddress() instanceof InetSocketAddress address
                && address.getAddress().isLoopbackAddress();
    }

    private void warn(String why) {
        if (full.isDue(System.nanoTime())) {
            LOGGER.warn("Connections are turned away: {}", why);
        }
    }

    /** An accept failed, as a rule for want of descriptors: trying again at once would spin. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (failing.isDue(System.nanoTime())) {
            LOGGER.warn(
                    "Cannot accept connections on {} for now: {}. Raise the limit of open files (ulimit -n, LimitNOFILE=)"
                            + " if this lasts.",
                    ctx.channel().localAddress(),
                    cause.getMessage());
        }
        ctx.channel().config().setAutoRead(false);
        ctx.executor()
                .schedule(() -> ctx.channel().config().setAutoRead(true), REST_MILLISECONDS, TimeUnit.MILLISECONDS);
    }
}
