package dev.tailnet.agent.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the lines of an audit log in the order they were written: those of the files that it was rotated to first, and on through
 * rotations that happen meanwhile. For one thread.
 */
public final class AuditTail implements AutoCloseable {
    private static final int BLOCK = 64 * 1024;

    private final Path file;
    private final Deque<Path> older = new ArrayDeque<>();
    private final Set<Path> known = new HashSet<>();
    private final ByteBuffer block = ByteBuffer.allocate(BLOCK).flip();
    private final StringBuilder line = new StringBuilder();
    private @Nullable FileChannel channel;
    /** Of the log itself as it was when it was opened last. */
    private @Nullable Object identity;

    /** Whether what is read is the log itself, which may grow. */
    private boolean isCurrent;

    /**
     * @param since lines before this may be left out
     * @throws IOException when there is no such log
     */
    public AuditTail(Path file, Instant since) throws IOException {
        this.file = file;
        for (Path rotated : Rotation.rotated(file)) {
            known.add(rotated);
            if (!Rotation.ended(file, rotated).isBefore(since)) {
                older.add(rotated);
            }
        }
        if (older.isEmpty() && !Files.isReadable(file)) {
            throw Files.exists(file)
                    ? new IOException("permission denied: run this as the user the agent runs as")
                    : new NoSuchFileException(file.toString());
        }
    }

    /** Returns the next whole line; null when there is none for now. */
    public @Nullable String next() throws IOException {
        while (true) {
            while (block.hasRemaining()) {
                char next = (char) (block.get() & 0xFF);
                if (next == '\n') {
                    String whole = line.toString();
                    line.setLength(0);
                    return whole;
                }
                line.append(next);
            }
            if (!fill() && !goOn()) {
                return null;
            }
        }
    }

    private boolean fill() throws IOException {
        if (channel == null) {
            return false;
        }
        block.clear();
        int read = channel.read(block);
        block.flip();
        return read > 0;
    }

    /** Goes on with the next file if this one has ended. */
    private boolean goOn() throws IOException {
        if (channel != null && isCurrent) {
            if (Objects.equals(identity, identity(file))) {
                return false;
            }
            if (fill()) {
                return true; // written between the last look and the rotation
            }
            discover();
        }
        return open();
    }

    private boolean open() throws IOException {
        close();
        line.setLength(0);
        Path next = older.poll();
        while (next != null) {
            try {
                channel = FileChannel.open(next, StandardOpenOption.READ);
                isCurrent = false;
                return true;
            } catch (NoSuchFileException e) {
                next = older.poll(); // deleted meanwhile, as the oldest are
            }
        }
        return openCurrent();
    }

    /** Opens the log itself, unless it was rotated while that happened: then what was rotated comes first. */
    private boolean openCurrent() throws IOException {
        Object before = identity(file);
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            return false;
        }
        discover();
        if (!older.isEmpty() || !Objects.equals(before, identity(file))) {
            return open();
        }
        identity = before;
        isCurrent = true;
        return true;
    }

    /** Notes what has been rotated since the last look; the log as it was read so far may be among that. */
    private void discover() throws IOException {
        for (Path rotated : Rotation.rotated(file)) {
            if (known.add(rotated) && (identity == null || !identity.equals(identity(rotated)))) {
                older.add(rotated);
            }
        }
    }

    private static @Nullable Object identity(Path path) throws IOException {
        try {
            return Files.getAttribute(path, "unix:ino");
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }
}
