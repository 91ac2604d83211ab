package dev.tailnet.bridge;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/**
 * A TCP connection over loopback, as between a proxy and its client: one end is a descriptor for the library, the other a
 * socket for the test.
 *
 * @param fd whoever is given it closes it
 */
record Client(int fd, Socket socket) implements AutoCloseable {
    private static final int LONGEST_READ_MILLIS = 20_000;

    static Client connect() throws IOException {
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int fd = Posix.connectLoopback(listener.getLocalPort());
            Socket socket = listener.accept();
            socket.setSoTimeout(LONGEST_READ_MILLIS);
            socket.setTcpNoDelay(true);
            return new Client(fd, socket);
        }
    }

    void send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    String receive(int length) throws IOException {
        return new String(socket.getInputStream().readNBytes(length), StandardCharsets.UTF_8);
    }

    String receiveAll() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Waits for the other side to end the connection, by a reset or otherwise. */
    void awaitEnd() throws IOException {
        awaitEnd(socket);
    }

    static void awaitEnd(Socket socket) throws IOException {
        int next;
        try {
            next = socket.getInputStream().read();
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            return;
        }
        if (next >= 0) {
            throw new IOException("a byte came in place of the end");
        }
    }

    void finish() throws IOException {
        socket.shutdownOutput();
    }

    /** Ends the connection by a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
