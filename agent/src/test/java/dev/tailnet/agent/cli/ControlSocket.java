package dev.tailnet.agent.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/** The control socket of an agent that says what a test wants. */
final class ControlSocket implements AutoCloseable {
    private final ServerSocketChannel server;

    private ControlSocket(ServerSocketChannel server) {
        this.server = server;
    }

    static ControlSocket in(Path runtimeDir) throws IOException {
        return new ControlSocket(ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(runtimeDir.resolve(ControlClient.SOCKET))));
    }

    boolean isOpen() {
        return server.isOpen();
    }

    /** Answers one request, closes the connection, and returns the request. */
    CompletableFuture<String> answer(String response) {
        return CompletableFuture.supplyAsync(() -> {
            try (var connection = server.accept()) {
                var request = ByteBuffer.allocate(1024);
                while (!text(request).endsWith("\r\n\r\n")) {
                    connection.read(request);
                }
                var bytes = ByteBuffer.wrap(response.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    connection.write(bytes);
                }
                return text(request);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static String text(ByteBuffer request) {
        return new String(request.array(), 0, request.position(), StandardCharsets.US_ASCII);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
