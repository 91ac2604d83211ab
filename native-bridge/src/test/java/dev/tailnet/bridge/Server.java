package dev.tailnet.bridge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A TCP server of the test's, one thread per connection. */
final class Server implements AutoCloseable {
    private final ServerSocket listener;
    private final Session session;

    /** What it does with a connection, which is closed afterwards. */
    @FunctionalInterface
    interface Session {
        void serve(Socket socket) throws IOException;
    }

    Server(InetAddress address, Session session) throws IOException {
        this.listener = new ServerSocket(0, 50, address);
        this.session = session;
        Thread.ofVirtual().name("server-" + port()).start(this::accept);
    }

    /** Sends back what it gets, and after the client's end one more word. */
    static Server echo(InetAddress address) throws IOException {
        return new Server(address, socket -> {
            socket.getInputStream().transferTo(socket.getOutputStream());
            socket.getOutputStream().write("|bye".getBytes(StandardCharsets.UTF_8));
        });
    }

    /** Speaks first, then echoes. */
    static Server greeting(InetAddress address) throws IOException {
        return new Server(address, socket -> {
            socket.getOutputStream().write("220 ready\n".getBytes(StandardCharsets.UTF_8));
            socket.getInputStream().transferTo(socket.getOutputStream());
        });
    }

    /** Reads one byte and resets the connection. */
    static Server resetting(InetAddress address) throws IOException {
        return new Server(address, socket -> {
            if (socket.getInputStream().read() >= 0) {
                socket.setSoLinger(true, 0);
            }
        });
    }

    int port() {
        return listener.getLocalPort();
    }

    InetAddress address() {
        return listener.getInetAddress();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void serve(Socket accepted) {
        try (Socket socket = accepted) {
            session.serve(socket);
        } catch (IOException e) {
            // The client's reset is what some tests are about; what it means they see at the other end.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
