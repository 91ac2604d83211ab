package dev.tailnet.agent.audit;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A descriptor that is open already, such as stdout: a line for each write, which a pipe keeps together (pipe(7), PIPE_BUF). */
final class StreamSink implements LineSink {
    /** Of a reader that takes nothing from a pipe in non-blocking mode. */
    private static final int ATTEMPTS = 1000;

    private final FileChannel channel;

    StreamSink(FileDescriptor descriptor) {
        this(new FileOutputStream(descriptor).getChannel());
    }

    StreamSink(FileChannel channel) {
        this.channel = channel;
    }

    @Override
    public void write(Batch batch) throws IOException {
        while (!batch.isTaken()) {
            ByteBuffer line = batch.nextLine();
            line.limit(line.limit() + 1);
            writeFully(batch, line);
        }
    }

    private void writeFully(Batch batch, ByteBuffer line) throws IOException {
        for (int attempt = 0; line.hasRemaining(); attempt++) {
            int written = channel.write(line);
            batch.take(written);
            if (written > 0) {
                attempt = 0;
            } else if (attempt == ATTEMPTS) {
                throw new IOException("nobody reads");
            } else {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
        }
    }

    /** Not this one's: stdout stays open for whoever else writes there. */
    @Override
    public void close() {}
}
