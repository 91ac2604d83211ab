package dev.tailnet.proxy.resolve;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;

/** Has DNS queries answered by those who know the name: the tailnet, a resolver it names, or the system's servers. */
@FunctionalInterface
public interface DnsForwarder {

    /**
     * Passes one query on.
     *
     * @param query a DNS message (RFC 1035) with one question
     * @param executor completes the result
     * @return the response, with the query's id, of any size; or a {@link dev.tailnet.proxy.request.ConnectFailure};
     *     cancelling it ends the query
     */
    Future<byte[]> forward(byte[] query, Duration timeout, EventExecutor executor);
}
