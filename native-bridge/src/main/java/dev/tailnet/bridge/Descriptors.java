package dev.tailnet.bridge;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.io.IOException;

/** File descriptors of this process: what Java has no calls for. */
public final class Descriptors {
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int EMFILE = 24;

    static {
        Native.register(Descriptors.class, NativeLibrary.getProcess());
    }

    private Descriptors() {}

    /**
     * Makes a second descriptor of the same open file; closed on exec.
     *
     * @throws IOException when there is none left, or the descriptor is not open
     */
    public static int duplicate(int descriptor) throws IOException {
        try {
            return fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
        } catch (LastErrorException e) {
            throw new IOException("descriptor " + descriptor + " cannot be duplicated: " + why(e), e);
        }
    }

    /**
     * Makes two stream sockets that are joined; non-blocking and closed on exec.
     *
     * @return the two descriptors
     * @throws IOException when there are none left
     */
    public static int[] socketPair() throws IOException {
        int[] pair = new int[2];
        try {
            socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair);
        } catch (LastErrorException e) {
            throw new IOException("no pair of sockets can be made: " + why(e), e);
        }
        return pair;
    }

    private static String why(LastErrorException e) {
        return e.getErrorCode() == EMFILE ? "out of file descriptors" : "error " + e.getErrorCode();
    }

    private static native int fcntl(int descriptor, int command, int argument) throws LastErrorException;

    private static native int socketpair(int domain, int type, int protocol, int[] pair) throws LastErrorException;
}
