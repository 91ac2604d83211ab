package dev.tailnet.agent.audit;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A unix stream socket that somebody listens on; connected again after each break, where the line begins anew that was under way. */
final class UnixSink implements LineSink {
    private final Path path;
    private volatile @Nullable SocketChannel channel;
    private volatile boolean closed;

    UnixSink(Path path) {
        this.path = path;
    }

    @Override
    public void write(Batch batch) throws IOException {
        SocketChannel open = channel;
        try {
            if (open == null) {
                open = SocketChannel.open(UnixDomainSocketAddress.of(path));
                channel = open;
            }
            if (closed) {
                throw new IOException("closed");
            }
            while (!batch.isTaken()) {
                batch.take(open.write(batch.rest()));
            }
        } catch (IOException e) {
            batch.takeBackTornLine();
            disconnect();
            throw e;
        }
    }

    private void disconnect() throws IOException {
        SocketChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }

    /** Also ends a write that nobody reads. */
    @Override
    public void close() throws IOException {
        closed = true;
        disconnect();
    }
}
