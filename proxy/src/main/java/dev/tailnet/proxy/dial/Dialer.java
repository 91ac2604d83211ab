package dev.tailnet.proxy.dial;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;

/** Opens TCP connections by one way: through the tailnet, or directly. */
public interface Dialer {

    /**
     * Dials exactly this address; names are not resolved here.
     *
     * @param id not in use by another dial or tunnel: an {@link dev.tailnet.proxy.request.OperationId}
     * @param executor completes the result
     * @return the connection, or a {@link dev.tailnet.proxy.request.ConnectFailure}; cancelling it cancels the dial
     */
    Future<Upstream> dial(long id, InetSocketAddress remote, Duration timeout, EventExecutor executor);
}
