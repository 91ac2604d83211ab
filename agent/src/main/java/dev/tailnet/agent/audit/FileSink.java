package dev.tailnet.agent.audit;

import dev.tailnet.agent.config.Causes;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of mode 0600 that is appended to, whole lines at a time: what a full disk took of a line is cut off again. It is rotated
 * by size and age, and opened anew when somebody else has moved it. What is no regular file ({@code /dev/full}, a FIFO) is
 * written to and no more.
 */
final class FileSink implements LineSink {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final Set<OpenOption> APPEND = Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND);

    private static final Duration ROTATION_PAUSE = Duration.ofMinutes(1);
    private static final Logger LOGGER = LoggerFactory.getLogger(FileSink.class);

    private final Path path;
    private final Rotation rotation;
    private final boolean fsync;
    private final Clock clock;

    private volatile @Nullable FileChannel channel;
    /** Null for what is no regular file. */
    private @Nullable Object identity;

    private @Nullable Instant begun;
    private Instant rotationFailed = Instant.EPOCH;
    private volatile boolean moved;

    /** @param fsync whether what is written reaches the disk before {@link #write} returns */
    FileSink(Path path, Rotation rotation, boolean fsync, Clock clock) {
        this.path = path;
        this.rotation = rotation;
        this.fsync = fsync;
        this.clock = clock;
    }

    @Override
    public void open() throws IOException {
        if (channel == null) {
            Existing existing = Existing.at(path);
            FileChannel opened = FileChannel.open(path, APPEND, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            channel = opened;
            moved = false;
            if (!Files.isRegularFile(path)) {
                identity = null;
                return;
            }
            if (opened.tryLock() == null) {
                closeFile();
                throw new IOException("another process writes to it");
            }
            identity = identity();
            begun = existing.begun();
            if (existing.size() > 0) {
                Files.setPosixFilePermissions(path, OWNER_ONLY);
                opened.truncate(existing.wholeLines());
            }
        }
    }

    private @Nullable Object identity() throws IOException {
        try {
            return Files.getAttribute(path, "unix:ino");
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    @Override
    public void write(Batch batch) throws IOException {
        if (moved) {
            closeFile();
        }
        open();
        FileChannel opened = Objects.requireNonNull(channel);
        if (identity == null) {
            append(opened, batch);
            return;
        }
        long size = opened.size();
        if (rotation.isDue(size, begun, clock.instant())) {
            rotate();
            opened = Objects.requireNonNull(channel);
            size = opened.size();
        }
        if (size == 0) {
            begun = clock.instant();
        }
        appendWhole(opened, size, batch);
    }

    private static void append(FileChannel opened, Batch batch) throws IOException {
        while (!batch.isTaken()) {
            batch.take(opened.write(batch.rest()));
        }
    }

    private void appendWhole(FileChannel opened, long size, Batch batch) throws IOException {
        int left = batch.rest().remaining();
        try {
            append(opened, batch);
            if (fsync) {
                opened.force(false);
            }
        } catch (IOException e) {
            batch.takeBackTornLine();
            opened.truncate(size + left - batch.rest().remaining());
            throw e;
        }
    }

    /** What cannot be rotated is written to as it is, for a while. */
    private void rotate() throws IOException {
        if (ROTATION_PAUSE.compareTo(Duration.between(rotationFailed, clock.instant())) > 0) {
            return;
        }
        closeFile();
        try {
            rotation.rotate(path, clock.instant());
        } catch (IOException e) {
            rotationFailed = clock.instant();
            LOGGER.error("The audit log {} cannot be rotated and grows on: {}", path, Causes.of(e));
        }
        open();
    }

    @Override
    public void tick() throws IOException {
        if (channel == null || identity == null) {
            return;
        }
        if (!identity.equals(identity())) {
            moved = true;
        } else if (channel.size() > 0 && rotation.isTooOld(begun, clock.instant())) {
            rotate();
        }
    }

    @Override
    public void reopen() {
        moved = true;
    }

    private void closeFile() throws IOException {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void close() throws IOException {
        closeFile();
    }
}
