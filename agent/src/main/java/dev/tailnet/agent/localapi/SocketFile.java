package dev.tailnet.agent.localapi;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The name of a unix socket, which stays when whoever listened there is gone. */
public final class SocketFile {
    /** {@code sun_path} of unix(7), without its NUL. */
    private static final int LONGEST = 107;

    private SocketFile() {}

    /**
     * Makes room for a socket: its directory if there is none yet, and without what a listener that is gone has left.
     *
     * @throws IOException if somebody listens there, or something else is there; the message says what
     */
    static void vacate(Path socket) throws IOException {
        if (socket.toString().getBytes(Charset.defaultCharset()).length > LONGEST) {
            throw new IOException("the path is longer than " + LONGEST + " bytes");
        }
        if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectories(directory(socket));
            return;
        }
        if (!Files.readAttributes(socket, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther()) {
            throw new IOException("there is a file that is no socket");
        }
        if (hasListener(socket)) {
            throw new IOException("another process listens there (tailscaled, or another agent)");
        }
        Files.delete(socket);
    }

    private static boolean hasListener(Path socket) throws IOException {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.configureBlocking(false);
            channel.connect(UnixDomainSocketAddress.of(socket));
            return true;
        } catch (ConnectException e) {
            return false;
        }
    }

    /** The directory that keeps users of other groups from reaching a socket; null when there is none. */
    public static @Nullable Path obstacle(Path socket) throws IOException {
        for (Path directory = directory(socket); directory != null; directory = directory.getParent()) {
            Set<PosixFilePermission> mode = Files.getPosixFilePermissions(directory);
            if (!mode.contains(PosixFilePermission.OTHERS_EXECUTE)
                    && !mode.contains(PosixFilePermission.GROUP_EXECUTE)) {
                return directory;
            }
        }
        return null;
    }

    private static Path directory(Path socket) {
        Path directory = socket.toAbsolutePath().getParent();
        if (directory == null) {
            throw new IllegalArgumentException("the root of the file system is no socket");
        }
        return directory;
    }
}
