package dev.tailnet.agent.audit;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * systemd's journal by its native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL): an entry for each datagram, whose message is the
 * line. On Netty's socket, as the JDK has no unix datagrams.
 */
final class JournalSink implements LineSink {
    static final Path SOCKET = Path.of("/run/systemd/journal/socket");

    private static final byte[] FIELDS =
            "PRIORITY=6\nSYSLOG_IDENTIFIER=tailnet-agent-audit\nMESSAGE=".getBytes(StandardCharsets.US_ASCII);
    /** Of a journal that is slow for a moment. */
    private static final int ATTEMPTS = 100;

    private final Path path;
    private volatile @Nullable Socket socket;

    JournalSink(Path path) {
        this.path = path;
    }

    @Override
    public void write(Batch batch) throws IOException {
        while (!batch.isTaken()) {
            try {
                send(entry(batch.nextLine()));
            } catch (FileNotFoundException e) {
                throw new IOException("no journal listens at " + path + ": systemd-journald does not run here", e);
            }
            batch.takeLine();
        }
    }

    private void send(ByteBuffer entry) throws IOException {
        Socket open = socket;
        if (open == null) {
            Epoll.ensureAvailability();
            open = Socket.newSocketDomainDgram();
            socket = open;
        }
        byte[] to = path.toString().getBytes(StandardCharsets.UTF_8);
        for (int attempt = 0; open.sendToDomainSocket(entry, entry.position(), entry.limit(), to) == 0; attempt++) {
            if (attempt == ATTEMPTS) {
                throw new IOException("the journal takes nothing");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private static ByteBuffer entry(ByteBuffer line) {
        ByteBuffer entry = ByteBuffer.allocateDirect(FIELDS.length + line.remaining() + 1);
        return entry.put(FIELDS).put(line).put((byte) '\n').flip();
    }

    @Override
    public void close() throws IOException {
        Socket open = socket;
        socket = null;
        if (open != null) {
            open.close();
        }
    }
}
