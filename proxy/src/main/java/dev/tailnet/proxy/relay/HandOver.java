package dev.tailnet.proxy.relay;

import io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;

/**
 * Takes a connection's socket away from Netty.
 *
 * <p>A duplicate of the descriptor lives on. Netty's own is closed, which ends its epoll registration first: closing alone
 * would not, as epoll watches the open file that both descriptors share.
 */
public final class HandOver {
    private final FdDuplicator duplicator;

    public HandOver(FdDuplicator duplicator) {
        this.duplicator = duplicator;
    }

    /**
     * Ends the channel without ending its connection. To be called on the channel's event loop, when everything written has
     * been flushed; the caller keeps the bytes that were already read.
     *
     * @return the connection's descriptor, non-blocking, now the caller's
     * @throws IOException when the channel is closed or its descriptor cannot be duplicated; the channel is as it was
     */
    public int detach(EpollSocketChannel channel) throws IOException {
        if (!channel.isOpen()) {
            throw new IOException("the client went away before the hand-over");
        }
        int fd = duplicator.duplicate(channel.fd().intValue());
        channel.close();
        return fd;
    }
}
