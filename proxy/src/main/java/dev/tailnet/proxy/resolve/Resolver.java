package dev.tailnet.proxy.resolve;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/** Turns names into addresses, the tailnet's names first, then the system's. */
public interface Resolver {

    /**
     * Looks a name up once.
     *
     * @param id the request's id, not in use by another lookup
     * @param executor completes the result
     * @return at least one address, or a {@link dev.tailnet.proxy.request.ConnectFailure}; cancelling it ends the lookup
     */
    Future<Resolution> resolve(long id, String name, Duration timeout, EventExecutor executor);

    /**
     * A name's addresses, in the order to try them.
     *
     * @param answeredBy who knew, as shown to people: {@code MagicDNS}, {@code split DNS}, {@code system}
     */
    record Resolution(List<InetAddress> addresses, String answeredBy) {
        public Resolution {
            addresses = List.copyOf(addresses);
        }
    }
}
