package dev.tailnet.proxy.connect;

import dev.tailnet.proxy.connection.Connection;
import dev.tailnet.proxy.policy.Verdict;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.TunnelEnd;
import io.netty.buffer.ByteBuf;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** A tunnel whose client has been told that it stands, and which is about to begin or to be given up. For the client's event loop. */
final class Tunnel {
    private final Connector connector;
    private final Connection connection;
    private final Opened opened;
    private final int fd;

    /** @param fd the client's socket, which this owns */
    Tunnel(Connector connector, Connection connection, Opened opened, int fd) {
        this.connector = connector;
        this.connection = connection;
        this.opened = opened;
        this.fd = fd;
    }

    /** Whether its first bytes have to be judged before it begins. */
    boolean requiresName() {
        return opened.trail().way().verdict().requiresName();
    }

    Verdict judge(@Nullable String name) {
        return opened.trail().judgeShown(name);
    }

    /** How long the first bytes may take. */
    long patienceNanos() {
        return connector.timeouts.dial().toNanos();
    }

    /**
     * Gives the client's socket out of Netty's hands.
     *
     * @param early bytes that the client has sent already; released here
     */
    void begin(@Nullable ByteBuf early) {
        var channel = (UnixChannel) connection.channel();
        connection.enterTunnel();
        connector.handOver.leave(channel);
        Future<TunnelEnd> end = opened.relay(fd, early == null ? Opened.NOTHING : early.nioBuffer());
        ReferenceCountUtil.release(early);
        connection.tunnel(end);
        Trail trail = opened.trail();
        trail.endBy(why -> end.cancel(true));
        trail.established();
        end.addListener((Future<TunnelEnd> ended) -> {
            connection.ended();
            trail.closed(ended);
        });
    }

    /** Closes the connection to the target, and leaves the client's to the caller. */
    void giveUp(ConnectFailure why) {
        connector.handOver.drop(fd);
        opened.discard();
        opened.trail().failed(why);
    }

    void refuse(Verdict.Refused refused, ConnectFailure why) {
        opened.trail().refusedBy(refused.rule());
        giveUp(why);
    }
}
