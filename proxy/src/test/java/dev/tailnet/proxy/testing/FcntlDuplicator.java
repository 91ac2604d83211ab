package dev.tailnet.proxy.testing;

import dev.tailnet.proxy.relay.FdDuplicator;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** The real {@code fcntl(2)}. */
public final class FcntlDuplicator implements FdDuplicator {
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final MethodHandle FCNTL = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("fcntl"),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
                    Linker.Option.firstVariadicArg(2));

    @Override
    public int duplicate(int fd) throws IOException {
        int duplicate;
        try {
            duplicate = (int) FCNTL.invokeExact(fd, F_DUPFD_CLOEXEC, 0);
        } catch (Throwable e) {
            throw new IOException(e);
        }
        if (duplicate < 0) {
            throw new IOException("fcntl failed for descriptor " + fd);
        }
        return duplicate;
    }
}
