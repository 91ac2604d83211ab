package dev.tailnet.proxy.connect;

import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.request.OperationId;
import dev.tailnet.proxy.request.TunnelEnd;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Takes two channels out of Netty and has their sockets joined. */
final class Junction {
    private static final int NONE = -1;

    private final Connector connector;
    private final Connection connection;
    private final Channel client;
    private final Channel upstream;
    private final @Nullable ByteBuf early;
    private final Trail trail;

    Junction(Connector connector, Connection connection, Channel upstream, @Nullable ByteBuf early, Trail trail) {
        this.connector = connector;
        this.connection = connection;
        this.client = connection.channel();
        this.upstream = upstream;
        this.early = early;
        this.trail = trail;
    }

    /** Joins once the client has what was written to it. The last number of the request is the tunnel's: a dial may have the first. */
    void begin() {
        long id = OperationId.of(trail.request(), OperationId.LAST);
        client.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            int clientFd = NONE;
            try {
                if (!written.isSuccess()) {
                    throw new IOException("the client went away");
                }
                clientFd = connector.handOver.duplicate((UnixChannel) client);
                int targetFd = connector.handOver.duplicate((UnixChannel) upstream);
                join(id, clientFd, targetFd);
            } catch (IOException e) {
                if (clientFd != NONE) {
                    connector.handOver.drop(clientFd);
                }
                fail(e);
            } finally {
                ReferenceCountUtil.release(early);
            }
        });
    }

    private void join(long id, int clientFd, int targetFd) {
        connection.enterTunnel();
        connector.handOver.leave((UnixChannel) client);
        connector.handOver.leave((UnixChannel) upstream);
        Future<TunnelEnd> end = connector.sockets.join(
                id,
                clientFd,
                targetFd,
                early == null ? Opened.NOTHING : early.nioBuffer(),
                connector.timeouts.idle(),
                client.eventLoop());
        connection.tunnel(end);
        trail.endBy(why -> end.cancel(true));
        end.addListener((Future<TunnelEnd> ended) -> {
            connection.ended();
            trail.closed(ended);
        });
    }

    private void fail(IOException cause) {
        upstream.close();
        client.close();
        trail.closed(new TunnelEnd(TunnelEnd.Cause.ERROR, 0, 0, String.valueOf(cause.getMessage())));
    }
}
