package dev.tailnet.proxy.testing;

import dev.tailnet.proxy.relay.Sockets;
import dev.tailnet.proxy.request.TunnelEnd;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.time.Duration;

/** The real calls of the system; two sockets are joined in Java. */
public final class TestSockets implements Sockets {
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_DOMAIN = 39;
    private static final int INT_BYTES = 4;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle FCNTL = function(
            "fcntl",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle SOCKETPAIR = function(
            "socketpair",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS));
    private static final MethodHandle GETSOCKOPT = function(
            "getsockopt",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS));

    /** Ones of a process that has no descriptor left. */
    public static Sockets exhausted() {
        return new Sockets() {
            @Override
            public int duplicate(int fd) throws IOException {
                throw new IOException("too many open files");
            }

            @Override
            public Pair pair() throws IOException {
                throw new IOException("too many open files");
            }

            @Override
            public Future<TunnelEnd> join(
                    long id, int clientFd, int targetFd, ByteBuffer early, Duration idle, EventExecutor executor) {
                throw new AssertionError("there is nothing to join");
            }
        };
    }

    /** A channel of Netty's for a TCP or unix socket. */
    static DuplexChannel channel(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment family = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, INT_BYTES);
            check((int) GETSOCKOPT.invokeExact(fd, SOL_SOCKET, SO_DOMAIN, family, length), "getsockopt");
            return family.get(ValueLayout.JAVA_INT, 0) == AF_UNIX
                    ? new EpollDomainSocketChannel(fd)
                    : new EpollSocketChannel(fd);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public int duplicate(int fd) throws IOException {
        try {
            return check((int) FCNTL.invokeExact(fd, F_DUPFD_CLOEXEC, 0), "fcntl for descriptor " + fd);
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new IOException(e);
        }
    }

    @Override
    public Pair pair() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment fds = arena.allocate(ValueLayout.JAVA_INT, 2);
            check(
                    (int) SOCKETPAIR.invokeExact(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds),
                    "socketpair");
            return new Pair(fds.getAtIndex(ValueLayout.JAVA_INT, 0), fds.getAtIndex(ValueLayout.JAVA_INT, 1));
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new IOException(e);
        }
    }

    @Override
    public Future<TunnelEnd> join(
            long id, int clientFd, int targetFd, ByteBuffer early, Duration idle, EventExecutor executor) {
        DuplexChannel target = channel(targetFd);
        target.config().setAutoRead(false).setOption(io.netty.channel.ChannelOption.ALLOW_HALF_CLOSURE, true);
        ((EventLoop) executor).register(target).syncUninterruptibly();
        return new NettyUpstream(target).relay(clientFd, early, idle);
    }

    private static MethodHandle function(String name, FunctionDescriptor type, Linker.Option... options) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type, options);
    }

    private static int check(int result, String what) throws IOException {
        if (result < 0) {
            throw new IOException(what + " failed");
        }
        return result;
    }
}
