package dev.tailnet.agent;

import dev.tailnet.agent.node.NodeState;
import dev.tailnet.agent.service.Notice;
import dev.tailnet.agent.service.NotifySocket;
import dev.tailnet.agent.service.Pulse;
import dev.tailnet.agent.service.StatusLine;
import dev.tailnet.agent.status.LocalApi;
import dev.tailnet.agent.status.PeerCount;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** Speaks to the manager, all on one thread, which no part of the agent waits for. */
final class ServiceTeller {
    /** Peers come and go in bursts, and in a large tailnet their list is long. */
    private static final Duration BETWEEN_COUNTS = Duration.ofSeconds(10);

    /** What the manager grants at a time while connections drain, for as long as the agent is alive. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Core core;
    private final NotifySocket socket;
    private final DefaultEventExecutor executor = new DefaultEventExecutor(new DefaultThreadFactory("service", true));
    private final Pulse pulse;
    private final PeerCount peerCount;
    private OptionalInt peers = OptionalInt.empty();
    private String told = "";
    private boolean isCounting;
    private boolean isStopping;
    private long countedAt;

    ServiceTeller(Core core, NotifySocket socket) {
        this.core = core;
        this.socket = socket;
        this.pulse = new Pulse(core.loops().group());
        this.peerCount = new PeerCount(new LocalApi(core.loops().group(), core.node()::node));
        this.countedAt = System.nanoTime() - BETWEEN_COUNTS.toNanos();
    }

    void soon(Runnable step) {
        try {
            executor.execute(step);
        } catch (RejectedExecutionException e) {
            // The agent has ended.
        }
    }

    void nodeChanged() {
        if (isStopping) {
            return;
        }
        String status = status();
        if (!status.equals(told)) {
            told = status;
            socket.send(Notice.status(status));
        }
        if (core.node().state().isRunning()) {
            countSoon();
        }
    }

    private String status() {
        NodeState state = core.node().state();
        return StatusLine.of(
                state,
                core.node().self(),
                peers,
                core.settings().node().credential().isPresent());
    }

    private void countSoon() {
        if (isCounting) {
            return;
        }
        isCounting = true;
        long wait = BETWEEN_COUNTS.toNanos() - (System.nanoTime() - countedAt);
        executor.schedule(this::count, Math.max(0, wait), TimeUnit.NANOSECONDS);
    }

    private void count() {
        isCounting = false;
        countedAt = System.nanoTime();
        peerCount.ask(executor).addListener((Future<Integer> counted) -> {
            if (counted.isSuccess() && (peers.isEmpty() || peers.getAsInt() != counted.getNow())) {
                peers = OptionalInt.of(counted.getNow());
                nodeChanged();
            }
        });
    }

    void ready() {
        if (!isStopping) {
            told = status();
            socket.send(Notice.ready(told));
        }
    }

    void reloading() {
        if (!isStopping) {
            socket.send(Notice.reloading(System.nanoTime()));
        }
    }

    void watch(Duration interval) {
        repeat(interval, Notice.alive());
    }

    void stopping() {
        isStopping = true;
        socket.send(Notice.stopping("Stopping"));
        socket.send(Notice.patience(PATIENCE));
        repeat(PATIENCE.dividedBy(4), Notice.patience(PATIENCE));
    }

    /** Said again and again while the agent is alive, and not when it hangs: a library that hangs holds up this thread. */
    private void repeat(Duration interval, Notice notice) {
        executor.scheduleAtFixedRate(
                () -> {
                    var unused = core.node().stats();
                    pulse.whenAllAnswer(() -> socket.send(notice));
                },
                interval.toNanos(),
                interval.toNanos(),
                TimeUnit.NANOSECONDS);
    }

    void close() {
        executor.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
        socket.close();
    }
}
