package dev.tailnet.proxy.server;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** The process's epoll event loops: owns their threads. */
public final class EventLoops implements AutoCloseable {
    private static final long CLOSE_SECONDS = 2;

    private final EventLoopGroup group;

    private EventLoops(EventLoopGroup group) {
        this.group = group;
    }

    /**
     * Starts event loops.
     *
     * @param threads at least 1
     * @throws EpollFailure where the transport's native part cannot load
     */
    public static EventLoops open(int threads) throws EpollFailure {
        if (!Epoll.isAvailable()) {
            Throwable cause = Epoll.unavailabilityCause();
            throw new EpollFailure(
                    "Netty's native epoll transport does not load (" + rootOf(cause) + "): tailnet-agent needs Linux on"
                            + " x86-64 or arm64, and a temporary directory whose files may be executed"
                            + " (-Dio.netty.native.workdir=DIR names another).",
                    cause);
        }
        return new EventLoops(new Loops(threads));
    }

    /** For other channels of the process: those need to be epoll's too. */
    public EventLoopGroup group() {
        return group;
    }

    /** Stops the loops, and with them what is still registered there; waits up to two seconds. */
    @Override
    public void close() {
        group.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
    }

    private static final class Loops extends MultiThreadIoEventLoopGroup {
        Loops(int threads) {
            super(threads, new DefaultThreadFactory("event-loop"), EpollIoHandler.newFactory());
        }

        @Override
        protected IoEventLoop newChild(Executor executor, IoHandlerFactory factory, Object... arguments) {
            return new Loop(this, executor, factory);
        }
    }

    /**
     * Closes its channels whenever it stops. Netty's own looks between I/O and tasks whether it is to stop; where it is told
     * to during the tasks, and without a quiet period, it ends and leaves its channels open (4.2.18).
     */
    private static final class Loop extends SingleThreadIoEventLoop {
        Loop(IoEventLoopGroup group, Executor executor, IoHandlerFactory factory) {
            super(group, executor, factory);
        }

        @Override
        protected boolean confirmShutdown() {
            boolean isConfirmed = super.confirmShutdown();
            if (isConfirmed) {
                ioHandler().prepareToDestroy();
            }
            return isConfirmed;
        }
    }

    private static String rootOf(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage();
        return (message == null ? root.getClass().getSimpleName() : message).replaceAll("\\s+", " ");
    }
}
