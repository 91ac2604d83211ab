package dev.tailnet.agent.localapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketFileTest {
    @TempDir
    Path directory;

    @Test
    void whatAListenerThatIsGoneHasLeftGoesAway() throws Exception {
        Path socket = directory.resolve("s.sock");
        listen(socket).close();
        assertThat(socket).exists();

        SocketFile.vacate(socket);

        assertThat(socket).doesNotExist();
    }

    @Test
    void aListenerKeepsItsSocket() throws Exception {
        Path socket = directory.resolve("s.sock");
        try (ServerSocketChannel listener = listen(socket)) {
            assertThat(listener.isOpen()).isTrue();
            assertThatThrownBy(() -> SocketFile.vacate(socket)).hasMessageContaining("another process listens there");
        }
        assertThat(socket).exists();
    }

    @Test
    void aFileThatIsNoSocketStays() throws Exception {
        Path file = Files.writeString(directory.resolve("precious"), "data");
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);

        assertThatThrownBy(() -> SocketFile.vacate(file)).hasMessageContaining("no socket");
        assertThatThrownBy(() -> SocketFile.vacate(link)).hasMessageContaining("no socket");

        assertThat(file).hasContent("data");
    }

    @Test
    void theDirectoryIsMade() throws Exception {
        Path socket = directory.resolve("a/b/s.sock");

        SocketFile.vacate(socket);

        assertThat(socket.getParent()).isEmptyDirectory();
    }

    @Test
    void aPathCanBeTooLong() {
        Path socket = directory.resolve("x".repeat(100));

        assertThatThrownBy(() -> SocketFile.vacate(socket)).hasMessageContaining("longer than 107 bytes");
    }

    @Test
    void aDirectoryForItsOwnerAloneIsAnObstacle() throws IOException {
        Path closed = Files.createDirectory(directory.resolve("closed"));
        Path socket = Files.createDirectory(closed.resolve("open")).resolve("s.sock");
        mode(closed.resolve("open"), "rwxr-xr-x");
        mode(closed, "rwx------");
        assertThat(SocketFile.obstacle(socket)).isEqualTo(closed);

        mode(closed, "rwx--x---");
        assertThat(SocketFile.obstacle(socket)).isNotEqualTo(closed);
    }

    private static void mode(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    private static ServerSocketChannel listen(Path socket) throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
    }
}
