package dev.tailnet.agent.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Standard input and output, joined to a connection. */
final class StandardStreams {
    private static final int BUFFER = 64 * 1024;

    private final SocketChannel connection;

    StandardStreams(SocketChannel connection) {
        this.connection = connection;
    }

    /**
     * Moves bytes both ways until both directions have ended. With a terminal, the end of the connection is the end: who
     * sits there would have to type on to learn of it.
     *
     * @param early what goes to standard output first
     * @throws TunnelException if the connection or standard output breaks
     */
    void join(ByteBuffer early) throws TunnelException {
        var upward = new Thread(this::sendInput, "stdin");
        upward.setDaemon(true);
        upward.start();
        try (var out = new FileOutputStream(FileDescriptor.out).getChannel()) {
            writeAll(out, early);
            move(connection, out);
        } catch (IOException e) {
            throw new TunnelException("the connection broke: " + e.getMessage(), e);
        }
        try {
            if (!isTerminal()) {
                upward.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sendInput() {
        try (var in = new FileInputStream(FileDescriptor.in).getChannel()) {
            move(in, connection);
        } catch (IOException e) {
            // No input, or the target takes no more: what it still has to say is for the other direction.
        }
        try {
            connection.shutdownOutput();
        } catch (IOException e) {
            // It has ended already.
        }
    }

    private static void move(ReadableByteChannel from, WritableByteChannel to) throws IOException {
        var buffer = ByteBuffer.allocateDirect(BUFFER);
        while (from.read(buffer) >= 0) {
            writeAll(to, buffer.flip());
            buffer.clear();
        }
    }

    private static void writeAll(WritableByteChannel to, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            to.write(bytes);
        }
    }

    /** Asked of the system: Java's console costs more to load than everything else here. */
    private static boolean isTerminal() {
        try {
            var device = Files.readSymbolicLink(Path.of("/proc/self/fd/0")).toString();
            return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty");
        } catch (IOException e) {
            return false;
        }
    }
}
