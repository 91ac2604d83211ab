package dev.tailnet.bridge;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** The system calls that tests need to have descriptors at all: Java has none to give. */
final class Posix {
    static final int EAGAIN = 11;
    private static final int AF_INET = 2;
    private static final int SOCK_STREAM = 1;
    private static final short POLLIN = 1;
    private static final int SHUT_WR = 1;
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final int F_GETFL = 3;
    private static final int O_NONBLOCK = 0x800;

    static {
        Native.register(Posix.class, "c");
    }

    private Posix() {}

    private static native int socket(int domain, int type, int protocol) throws LastErrorException;

    private static native int connect(int fd, byte[] address, int length) throws LastErrorException;

    private static native long read(int fd, byte[] buffer, long length) throws LastErrorException;

    private static native long write(int fd, byte[] buffer, long length) throws LastErrorException;

    private static native int poll(short[] fds, long count, int timeoutMillis) throws LastErrorException;

    private static native int shutdown(int fd, int how) throws LastErrorException;

    private static native int fcntl(int fd, int command, int argument) throws LastErrorException;

    private static native int close(int fd) throws LastErrorException;

    /** A blocking socket that is connected to a port of 127.0.0.1. */
    static int connectLoopback(int port) throws IOException {
        try {
            int fd = socket(AF_INET, SOCK_STREAM, 0);
            byte[] address = new byte[16];
            address[0] = AF_INET;
            address[2] = (byte) (port >> 8);
            address[3] = (byte) port;
            address[4] = 127;
            address[7] = 1;
            connect(fd, address, address.length);
            return fd;
        } catch (LastErrorException e) {
            throw new IOException("cannot connect to 127.0.0.1:" + port, e);
        }
    }

    /** Waits for something to read, the end of the stream included; false when the time is over first. */
    static boolean awaitReadable(int fd, Duration timeout) throws IOException {
        // struct pollfd { int fd; short events; short revents; }, in native (little-endian) order
        short[] fds = {(short) fd, (short) (fd >> 16), POLLIN, 0};
        try {
            return poll(fds, 1, (int) timeout.toMillis()) > 0;
        } catch (LastErrorException e) {
            throw new IOException("poll of descriptor " + fd, e);
        }
    }

    /** Reads what there is; 0 when there is nothing now, -1 at the end of the stream. */
    static int readSome(int fd, byte[] buffer) throws IOException {
        try {
            int count = (int) read(fd, buffer, buffer.length);
            return count == 0 ? -1 : count;
        } catch (LastErrorException e) {
            if (e.getErrorCode() == EAGAIN) {
                return 0;
            }
            throw new IOException("read of descriptor " + fd, e);
        }
    }

    /** For amounts that fit the socket's buffer. */
    static void writeAll(int fd, byte[] bytes) throws IOException {
        long written;
        try {
            written = write(fd, bytes, bytes.length);
        } catch (LastErrorException e) {
            throw new IOException("write to descriptor " + fd, e);
        }
        if (written != bytes.length) {
            throw new IOException("wrote " + written + " of " + bytes.length + " bytes to descriptor " + fd);
        }
    }

    static void finishWriting(int fd) throws IOException {
        try {
            shutdown(fd, SHUT_WR);
        } catch (LastErrorException e) {
            throw new IOException("shutdown of descriptor " + fd, e);
        }
    }

    static void closeFd(int fd) throws IOException {
        try {
            close(fd);
        } catch (LastErrorException e) {
            throw new IOException("close of descriptor " + fd, e);
        }
    }

    /** What the kernel calls the thing behind a descriptor, like {@code socket:[4711]}. */
    static String identity(int fd) throws IOException {
        return Files.readSymbolicLink(DESCRIPTORS.resolve(Integer.toString(fd))).toString();
    }

    /** Whether a descriptor of this process, whatever its number, still leads there. */
    static boolean isOpen(String identity) {
        try (Stream<Path> descriptors = Files.list(DESCRIPTORS)) {
            return descriptors.anyMatch(descriptor -> leadsTo(descriptor, identity));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean leadsTo(Path descriptor, String identity) {
        try {
            return Files.readSymbolicLink(descriptor).toString().equals(identity);
        } catch (IOException e) {
            return false; // closed since it was listed
        }
    }

    static boolean isNonBlocking(int fd) {
        return (fcntl(fd, F_GETFL, 0) & O_NONBLOCK) != 0;
    }
}
