package dev.tailnet.proxy.http;

import io.netty.channel.Channel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Watches how long a client takes from one response to its next complete request head. Costs a request no more than a look at
 * the clock: the timer runs on, and asks when it ends.
 */
final class KeepAlive {
    private final Channel channel;
    private final long limit;
    private long since;
    private boolean running;

    /** The pipeline event that says that the time has passed; to be heeded only between two requests. */
    enum Expired {
        INSTANCE
    }

    KeepAlive(Channel channel, Duration limit) {
        this.channel = channel;
        this.limit = limit.toNanos();
    }

    /** A response is complete. */
    void idle() {
        since = System.nanoTime();
        if (!running) {
            running = true;
            schedule(limit);
        }
    }

    private void schedule(long nanos) {
        var timer = channel.eventLoop().schedule(this::look, nanos, TimeUnit.NANOSECONDS);
        channel.closeFuture().addListener(closed -> timer.cancel(false));
    }

    private void look() {
        long left = limit - (System.nanoTime() - since);
        if (left > 0) {
            schedule(left);
        } else {
            running = false;
            channel.pipeline().fireUserEventTriggered(Expired.INSTANCE);
        }
    }
}
