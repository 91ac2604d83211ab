package dev.tailnet.agent;

import dev.tailnet.agent.config.RuntimeDirectory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The runtime directory, held by this agent alone for as long as it runs: the kernel lets go of the lock when it ends. */
final class RuntimeClaim implements AutoCloseable {
    private static final String LOCK = "agent.lock";

    private final FileChannel channel;

    private RuntimeClaim(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * @param isShared whether there is something in it for other users
     * @throws StartFailure if the directory cannot be used, or another agent runs in it
     */
    static RuntimeClaim on(Path directory, boolean isShared) throws StartFailure {
        FileChannel channel;
        try {
            RuntimeDirectory.prepare(directory, isShared);
            channel = FileChannel.open(
                    directory.resolve(LOCK),
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (IOException e) {
            throw new StartFailure(ExitCode.STATE_DIR, String.valueOf(e.getMessage()), e);
        }
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new RuntimeClaim(channel);
            }
        } catch (OverlappingFileLockException e) {
            closeQuietly(channel);
            throw taken(directory);
        } catch (IOException e) {
            closeQuietly(channel);
            throw new StartFailure(
                    ExitCode.STATE_DIR,
                    "runtime directory " + directory + " cannot be locked: " + e.getMessage()
                            + ". Choose one on a local file system with --runtime-dir",
                    e);
        }
        closeQuietly(channel);
        throw taken(directory);
    }

    private static StartFailure taken(Path directory) {
        return new StartFailure(
                ExitCode.NODE,
                "another agent is running in " + directory
                        + ": stop it first, or give this one a directory of its own with --runtime-dir");
    }

    /** Lets go. The file stays: removing it could take away a lock that the next agent has just got. */
    @Override
    public void close() {
        closeQuietly(channel);
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing was written; the lock is gone either way.
        }
    }
}
