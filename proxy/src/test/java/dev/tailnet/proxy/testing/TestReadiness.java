package dev.tailnet.proxy.testing;

import dev.tailnet.proxy.connect.Readiness;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A node that is up until a test says otherwise. */
public final class TestReadiness implements Readiness {
    private final BlockingQueue<Promise<Void>> waits = new LinkedBlockingQueue<>();
    private volatile boolean ready = true;

    public void setReady(boolean ready) {
        this.ready = ready;
    }

    /** The next connection that waits; the test decides its fate. */
    public Promise<Void> nextWait() throws InterruptedException {
        return waits.take();
    }

    @Override
    public boolean isReady() {
        return ready;
    }

    @Override
    public Future<Void> await(Duration timeout, EventExecutor executor) {
        Promise<Void> wait = executor.newPromise();
        waits.add(wait);
        return wait;
    }
}
