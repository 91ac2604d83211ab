package dev.tailnet.bridge;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.io.IOException;

/** File descriptors of this process: what Java has no calls for. */
public final class Descriptors {
    private static final int F_DUPFD_CLOEXEC = 1030;
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
            String why = e.getErrorCode() == EMFILE ? "out of file descriptors" : "error " + e.getErrorCode();
            throw new IOException("descriptor " + descriptor + " cannot be duplicated: " + why, e);
        }
    }

    private static native int fcntl(int descriptor, int command, int argument) throws LastErrorException;
}
