package dev.tailnet.agent.service;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way to the service manager: datagrams to {@code $NOTIFY_SOCKET}, each one or more {@code NAME=value} lines. */
public final class NotifySocket implements AutoCloseable {
    /** The variable; its value is for {@link #open} alone. */
    public static final String VARIABLE = "NOTIFY_SOCKET";

    /** What sun_path holds (unix(7)), less the null byte at the end of a path. */
    private static final int MAX_ADDRESS_BYTES = 107;

    private static final Logger LOGGER = LoggerFactory.getLogger(NotifySocket.class);

    private final Channel channel;
    private final DomainSocketAddress manager;
    private volatile boolean hasFailed;

    private NotifySocket(Channel channel, DomainSocketAddress manager) {
        this.channel = channel;
        this.manager = manager;
    }

    /**
     * Opens it; without a name of its own, and unconnected, so that a manager that has been restarted is reached again.
     *
     * @return empty, with a warning where one is due, when there is none or it is not of a kind that is known here
     */
    @SuppressWarnings("deprecation") // The only way to write to a datagram channel that is neither bound nor connected.
    public static Optional<NotifySocket> open(Map<String, String> environment, EventLoopGroup loops) {
        String value = environment.getOrDefault(VARIABLE, "");
        if (value.isEmpty()) {
            return Optional.empty();
        }
        Optional<DomainSocketAddress> manager = address(value);
        if (manager.isEmpty()) {
            LOGGER.warn(
                    "{} is neither a path nor an abstract name (@NAME): the service manager is told nothing", VARIABLE);
            return Optional.empty();
        }
        ChannelFuture opened = new Bootstrap()
                .group(loops)
                .channel(EpollDomainDatagramChannel.class)
                .option(ChannelOption.DATAGRAM_CHANNEL_ACTIVE_ON_REGISTRATION, true)
                .handler(new Deaf())
                .register()
                .awaitUninterruptibly();
        if (!opened.isSuccess()) {
            LOGGER.warn(
                    "The service manager is told nothing: {}", opened.cause().getMessage());
            return Optional.empty();
        }
        return Optional.of(new NotifySocket(opened.channel(), manager.get()));
    }

    /** A path, or {@code @} and a name of the abstract namespace, which begins with a null byte for the system. */
    static Optional<DomainSocketAddress> address(String value) {
        if (value.length() < 2 || value.getBytes(StandardCharsets.UTF_8).length > MAX_ADDRESS_BYTES) {
            return Optional.empty();
        }
        return switch (value.charAt(0)) {
            case '/' -> Optional.of(new DomainSocketAddress(value));
            case '@' -> Optional.of(new DomainSocketAddress("\0" + value.substring(1)));
            default -> Optional.empty();
        };
    }

    /** Sends one notice, after those before. Returns at once; what goes wrong is told in the log, the first time. */
    public void send(Notice notice) {
        var payload = Unpooled.copiedBuffer(notice.text(), StandardCharsets.UTF_8);
        channel.writeAndFlush(new DomainDatagramPacket(payload, manager)).addListener(sent -> {
            if (!sent.isSuccess() && !hasFailed) {
                hasFailed = true;
                LOGGER.warn(
                        "The service manager cannot be told how the agent does: {}",
                        sent.cause().getMessage());
            }
        });
    }

    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
    }

    /** Nobody answers; and an error of the socket is the business of the notice that met it. */
    private static final class Deaf extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            LOGGER.debug("The service manager's socket failed", cause);
        }
    }
}
