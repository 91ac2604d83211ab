package dev.tailnet.proxy.relay;

import java.io.IOException;

/** Duplicates file descriptors: {@code fcntl(fd, F_DUPFD_CLOEXEC, 0)}, which Java and Netty have no call for. */
@FunctionalInterface
public interface FdDuplicator {

    /**
     * Makes a second descriptor of the same open file; closed on exec.
     *
     * @throws IOException when there is none left, in words that name the cause
     */
    int duplicate(int fd) throws IOException;
}
