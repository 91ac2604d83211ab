package dev.tailnet.agent.config;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/**
 * The directory of the control socket: where it is by default, for the agent and for the commands that talk to it, and
 * that it is ours.
 */
public final class RuntimeDirectory {
    private static final String NAME = "tailnet-agent";

    private RuntimeDirectory() {}

    /**
     * Returns the directory when none is asked for: $RUNTIME_DIRECTORY, $XDG_RUNTIME_DIR/tailnet-agent,
     * /run/tailnet-agent for root, else a directory with the user's number under the temporary directory.
     */
    public static Path defaultFor(Map<String, String> environment) {
        return defaultFor(environment, uid());
    }

    static Path defaultFor(Map<String, String> environment, int uid) {
        var ofUnit = environment.getOrDefault("RUNTIME_DIRECTORY", "");
        if (!ofUnit.isEmpty()) {
            var colon = ofUnit.indexOf(':');
            return Path.of(colon < 0 ? ofUnit : ofUnit.substring(0, colon));
        }
        var ofUser = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        if (ofUser.startsWith("/") && Files.isWritable(Path.of(ofUser))) {
            return Path.of(ofUser, NAME);
        }
        if (uid == 0) {
            return Path.of("/run", NAME);
        }
        return Path.of(System.getProperty("java.io.tmpdir"), NAME + "-" + uid);
    }

    /**
     * Creates the directory, or checks that the existing one belongs to this user and nobody else may
     * write to it.
     *
     * @param isShared whether other users have to get at what is open to them in it: then a new one is of mode 0711, else 0700
     * @throws IOException whose message says what is wrong and what to do
     */
    public static void prepare(Path directory, boolean isShared) throws IOException {
        try {
            create(directory, isShared ? "rwx--x--x" : "rwx------");
        } catch (FileAlreadyExistsException e) {
            check(directory);
        } catch (NoSuchFileException e) {
            throw new IOException(
                    "runtime directory " + directory + " cannot be created: " + directory.getParent()
                            + " does not exist. Create it, or choose another with --runtime-dir",
                    e);
        } catch (IOException e) {
            throw new IOException(
                    "runtime directory " + directory + " cannot be created: " + reason(e)
                            + ". Choose another with --runtime-dir",
                    e);
        }
    }

    private static void create(Path directory, String mode) throws IOException {
        var permissions = PosixFilePermissions.fromString(mode);
        Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(permissions));
        Files.setPosixFilePermissions(directory, permissions); // whatever the umask is
    }

    private static void check(Path directory) throws IOException {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("runtime directory " + directory
                    + " is not a directory. Remove it, or choose another with --runtime-dir");
        }
        var owner = (int) Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        if (owner != uid()) {
            throw new IOException("runtime directory " + directory + " belongs to user " + owner
                    + ", the agent runs as user " + uid() + ". Choose another with --runtime-dir");
        }
        var permissions = Files.getPosixFilePermissions(directory, LinkOption.NOFOLLOW_LINKS);
        if (permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException("runtime directory " + directory + " is writable by others ("
                    + PosixFilePermissions.toString(permissions) + "). Run chmod 700 on it, or choose another with"
                    + " --runtime-dir");
        }
    }

    private static String reason(IOException e) {
        return e instanceof java.nio.file.FileSystemException failure && failure.getReason() != null
                ? failure.getReason()
                : e.getClass().getSimpleName();
    }

    /** The number works where the user has no name. */
    private static int uid() {
        try {
            return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("/proc is not mounted: the agent needs it", e);
        }
    }
}
