package dev.tailnet.proxy.relay;

import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a connection's socket away from Netty, in two steps: a duplicate of the descriptor first, while the client can still
 * be told that there is none left; then Netty's own goes. Both on the channel's event loop.
 */
public final class HandOver {
    private static final Logger LOGGER = LoggerFactory.getLogger(HandOver.class);

    private final Sockets sockets;

    public HandOver(Sockets sockets) {
        this.sockets = sockets;
    }

    /**
     * Makes the descriptor that will outlive the channel.
     *
     * @return non-blocking, as the channel's is, and the caller's: {@link #drop} it when it comes to nothing
     * @throws IOException when the channel is closed or its descriptor cannot be duplicated; the channel is as it was
     */
    public int duplicate(UnixChannel channel) throws IOException {
        if (!channel.isOpen()) {
            throw new IOException("the client went away before the hand-over");
        }
        return sockets.duplicate(channel.fd().intValue());
    }

    /**
     * Ends the channel without ending its connection, which the duplicate keeps. To be called when all that was written has
     * been flushed; the caller has the bytes that were already read.
     *
     * <p>Netty ends the epoll registration before it closes its descriptor. Closing alone would not: epoll watches the open
     * file that both descriptors share.
     */
    public void leave(UnixChannel channel) {
        channel.close();
    }

    /** Closes a duplicate that nobody took. */
    public void drop(int fd) {
        try {
            new FileDescriptor(fd).close();
        } catch (IOException e) {
            LOGGER.warn("Cannot close descriptor {}", fd, e);
        }
    }
}
