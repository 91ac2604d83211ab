package dev.tailnet.agent.service;

import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** Feels whether event loops still answer. */
public final class Pulse {
    private final EventLoopGroup loops;

    public Pulse(EventLoopGroup loops) {
        this.loops = loops;
    }

    /** Has something run once each of the loops has come round to answer: never, while one of them hangs. */
    public void whenAllAnswer(Runnable alive) {
        List<EventExecutor> all = new ArrayList<>();
        loops.forEach(all::add);
        var silent = new AtomicInteger(all.size());
        for (EventExecutor loop : all) {
            try {
                loop.execute(() -> {
                    if (silent.decrementAndGet() == 0) {
                        alive.run();
                    }
                });
            } catch (RejectedExecutionException e) {
                // It has been stopped: there is nothing left to be alive.
                return;
            }
        }
    }
}
