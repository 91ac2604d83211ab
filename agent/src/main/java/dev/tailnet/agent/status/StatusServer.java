package dev.tailnet.agent.status;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.agent.StartFailure;
import dev.tailnet.agent.metrics.Metrics;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The status endpoint: the same pages on a TCP port and on the control socket, which tunnels too. */
public final class StatusServer implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(StatusServer.class);
    private static final int MAX_REQUEST_BYTES = 8 << 10;
    private static final int PATIENCE_SECONDS = 30;
    private static final int SAMPLE_SECONDS = 5;

    private final EventLoopGroup loops;
    private final AgentView agent;
    private final Clock clock;
    private final StatusHandler handler;
    private final Metrics metrics;
    private final Tunnels tunnels;
    private final ControlPagesHandler controlPages;
    private final DefaultEventExecutor renderer = new DefaultEventExecutor(new DefaultThreadFactory("status", true));
    private final List<Channel> channels = new ArrayList<>();

    /**
     * @param tunnels what a CONNECT on the control socket gets
     * @param controlPages what else the control socket has, by path
     */
    public StatusServer(
            EventLoopGroup loops,
            AgentView agent,
            LocalApi localApi,
            NameLookup names,
            Metrics metrics,
            Tunnels tunnels,
            Map<String, ControlPage> controlPages,
            Clock clock) {
        this.loops = loops;
        this.agent = agent;
        this.clock = clock;
        this.metrics = metrics;
        this.tunnels = tunnels;
        this.controlPages = new ControlPagesHandler(controlPages, renderer);
        this.handler = new StatusHandler(agent, localApi, names, metrics, clock, renderer);
    }

    /**
     * Opens the TCP port.
     *
     * @return the address with the port it got
     * @throws StartFailure when it cannot be had
     */
    public InetSocketAddress bind(InetSocketAddress address) throws StartFailure {
        ChannelFuture bound = new ServerBootstrap()
                .group(loops)
                .channel(EpollServerSocketChannel.class)
                .childHandler(initializer(new HostCheck(address)))
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new StartFailure(
                    ExitCode.LISTEN,
                    "the status endpoint cannot listen on " + address.getHostString() + ":" + address.getPort() + ": "
                            + bound.cause().getMessage() + ". Choose another port with --status-listen (0 picks one).",
                    bound.cause());
        }
        channels.add(bound.channel());
        return (InetSocketAddress) bound.channel().localAddress();
    }

    /**
     * Opens the control socket, for this user alone. One that a dead agent left behind is replaced: the caller holds the
     * runtime directory's lock.
     *
     * @throws StartFailure when it cannot be had
     */
    public void bind(Path socket) throws StartFailure {
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            throw socketFailure(socket, e);
        }
        ChannelFuture bound = new ServerBootstrap()
                .group(loops)
                .channel(EpollServerDomainSocketChannel.class)
                .childHandler(initializer(null))
                .bind(new DomainSocketAddress(socket.toFile()))
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw socketFailure(socket, bound.cause());
        }
        channels.add(bound.channel());
        try {
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw socketFailure(socket, e);
        }
    }

    private static StartFailure socketFailure(Path socket, Throwable cause) {
        return new StartFailure(
                ExitCode.STATE_DIR,
                "the control socket " + socket + " cannot be opened: " + cause.getMessage()
                        + ". Choose a directory that this user can write, with a path below 90 characters, with"
                        + " --runtime-dir.",
                cause);
    }

    private ChannelInitializer<Channel> initializer(@Nullable HostCheck hosts) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline()
                        .addLast(new ReadTimeoutHandler(PATIENCE_SECONDS))
                        .addLast(new HttpServerCodec());
                if (hosts == null) {
                    channel.pipeline().addLast(new TunnelRequestHandler(tunnels));
                }
                channel.pipeline()
                        .addLast(new HttpObjectAggregator(MAX_REQUEST_BYTES))
                        .addLast(new RequestGuard(hosts));
                if (hosts == null) {
                    channel.pipeline().addLast(controlPages);
                }
                channel.pipeline().addLast(handler);
            }
        };
    }

    /** Gets the classes and meters ready that the first request would otherwise wait for, and begins to keep samples of the throughput. Returns at once. */
    public void warmUp() {
        renderer.execute(() -> {
            metrics.prepare();
            handler.warmUp();
        });
        var unused = renderer.scheduleAtFixedRate(
                () -> agent.observed().throughput().add(PageFacts.carried(agent, clock)),
                0,
                SAMPLE_SECONDS,
                TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        for (Channel channel : channels) {
            if (channel.localAddress() instanceof DomainSocketAddress socket) {
                deleteQuietly(Path.of(socket.path()));
            }
            channel.close().awaitUninterruptibly();
        }
        renderer.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private static void deleteQuietly(Path socket) {
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            LOGGER.warn("The control socket {} stays behind: {}", socket, e.getMessage());
        }
    }
}
