package dev.tailnet.proxy.resolve;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;

/** Turns names into addresses, the tailnet's names first, then the system's. */
@FunctionalInterface
public interface Resolver {

    /**
     * Looks a name up once.
     *
     * @param name normalised, as in {@link dev.tailnet.proxy.request.Host.Name}
     * @param executor completes the result
     * @return what the name resolves to, which may be nothing; or a {@link dev.tailnet.proxy.request.ConnectFailure} when
     *     that cannot be told; cancelling it ends the lookup
     */
    Future<Resolution> resolve(String name, Duration timeout, EventExecutor executor);
}
