package dev.tailnet.agent;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Where the node's identity lies: for this user's eyes only. */
final class StateDirectory {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    private StateDirectory() {}

    /**
     * Creates the directory, with those above it, or takes away from others what they may do in the existing one.
     *
     * @throws StartFailure if the node could not keep its state there
     */
    static void prepare(Path directory) throws StartFailure {
        FileAttribute<Set<PosixFilePermission>> mode = PosixFilePermissions.asFileAttribute(OWNER_ONLY);
        try {
            Files.createDirectories(directory, mode);
            Files.setPosixFilePermissions(directory, OWNER_ONLY);
            Files.delete(Files.createTempFile(directory, "writable", ".tmp"));
        } catch (FileAlreadyExistsException e) {
            throw failure(directory, "it is not a directory", e);
        } catch (IOException e) {
            throw failure(directory, reason(e), e);
        }
    }

    private static StartFailure failure(Path directory, String reason, IOException cause) {
        return new StartFailure(
                ExitCode.STATE_DIR,
                "state directory " + directory + " cannot be used: " + reason
                        + ". The node keeps its identity there: make it writable for this user, or choose another with"
                        + " --state-dir (without one the node lives in memory)",
                cause);
    }

    private static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> "permission denied at " + denied.getFile();
            case NoSuchFileException missing -> missing.getFile() + " cannot be created";
            case FileSystemException failure
            when failure.getReason() != null -> failure.getFile() + ": " + failure.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }
}
