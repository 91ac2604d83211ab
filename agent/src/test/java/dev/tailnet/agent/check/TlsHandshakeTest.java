package dev.tailnet.agent.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailnet.agent.testing.TlsIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class TlsHandshakeTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** What the server does with the connection. */
    @FunctionalInterface
    private interface Service {
        void serve(Socket socket) throws IOException;
    }

    private static List<X509Certificate> handshake(ServerSocket server, Service service, Duration timeout)
            throws IOException, InterruptedException {
        var thread = Thread.ofVirtual().start(() -> {
            try (var socket = server.accept()) {
                service.serve(socket);
            } catch (IOException e) {
                // The client has seen enough.
            }
        });
        try (var channel = SocketChannel.open(server.getLocalSocketAddress())) {
            return TlsHandshake.perform(channel, ByteBuffer.allocate(0), "host.test", server.getLocalPort(), timeout);
        } finally {
            thread.join();
        }
    }

    @Test
    void returnsTheCertificatesWhoeverSignedThem(@TempDir Path directory) throws Exception {
        var identity = new TlsIdentity.Maker(directory).expired("host.test");
        try (var server = identity.server().getServerSocketFactory().createServerSocket(0, 1, LOOPBACK)) {
            var chain = handshake(server, socket -> ((SSLSocket) socket).startHandshake(), PATIENCE);

            assertThat(chain).isEqualTo(identity.chain());
        }
    }

    @Test
    void saysThatAServerSpeaksNoTls() throws Exception {
        try (var server = new ServerSocket(0, 1, LOOPBACK)) {
            assertThatThrownBy(() -> handshake(
                            server,
                            socket -> {
                                socket.getOutputStream().write("220 ready\r\n".getBytes(StandardCharsets.US_ASCII));
                                socket.getInputStream().readAllBytes();
                            },
                            PATIENCE))
                    .isInstanceOf(SSLException.class);
        }
    }

    @Test
    void aServerThatIsSilentIsATimeout() throws Exception {
        try (var server = new ServerSocket(0, 1, LOOPBACK)) {
            assertThatThrownBy(() ->
                            handshake(server, socket -> socket.getInputStream().readAllBytes(), Duration.ofMillis(100)))
                    .isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void aServerThatLeavesIsAnEnd() throws Exception {
        try (var server = new ServerSocket(0, 1, LOOPBACK)) {
            assertThatThrownBy(() -> handshake(server, Socket::shutdownOutput, PATIENCE))
                    .isInstanceOf(IOException.class);
        }
    }
}
