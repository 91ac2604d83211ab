package dev.tailnet.proxy.connect;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;

/** Whether the node is up. */
public interface Readiness {

    /** Never blocks; the fast path of every connection. */
    boolean isReady();

    /**
     * Waits for the node to be up.
     *
     * @param timeout the longest wait
     * @param executor completes the result
     * @return fails with {@link dev.tailnet.proxy.request.ConnectFailure} {@code NODE_NOT_READY} and the reason: at once
     *     when the node cannot come up by itself (rejected key), else when the timeout has passed
     */
    Future<Void> await(Duration timeout, EventExecutor executor);
}
