package dev.tailnet.agent.localapi;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.agent.StartFailure;
import dev.tailnet.bridge.LocalApiPermission;
import dev.tailnet.bridge.TailnetNode;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** A unix socket where the tailscale command finds the node, as it finds tailscaled on tailscaled.sock. */
public final class LocalApiListener implements AutoCloseable {
    /** As tailscaled's: who may do what is asked of the kernel, connection by connection. */
    private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rw-rw-rw-");

    private final Channel channel;

    private LocalApiListener(Channel channel) {
        this.channel = channel;
    }

    /**
     * Opens the socket. What a listener that is gone has left behind there is replaced.
     *
     * @param node clients wait for it, and are let go when it fails
     * @param others what users may do who are neither root nor this process's own nor the operator
     * @throws StartFailure when it cannot be had
     */
    public static LocalApiListener open(
            EventLoopGroup loops, Path socket, CompletionStage<TailnetNode> node, LocalApiPermission others)
            throws StartFailure {
        try {
            SocketFile.vacate(socket);
        } catch (IOException e) {
            throw failure(socket, e);
        }
        ChannelFuture bound = new ServerBootstrap()
                .group(loops)
                .channel(EpollServerDomainSocketChannel.class)
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(new HandOver(node, others))
                .bind(new DomainSocketAddress(socket.toFile()))
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw failure(socket, bound.cause());
        }
        var listener = new LocalApiListener(bound.channel());
        try {
            Files.setPosixFilePermissions(socket, MODE);
        } catch (IOException e) {
            listener.close();
            throw failure(socket, e);
        }
        return listener;
    }

    private static StartFailure failure(Path socket, Throwable cause) {
        return new StartFailure(
                ExitCode.STATE_DIR,
                "the socket " + socket + " for the tailscale command cannot be opened: " + cause.getMessage()
                        + ". Choose another with --socket",
                cause);
    }

    /** Accepts no more and removes the socket. Clients that the node has by now keep it. */
    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
    }
}
