package dev.tailnet.proxy.dial;

import dev.tailnet.proxy.request.Target;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.time.Duration;

/** Another proxy that leads out of this host's network: takes addresses as any dialer does, and names for itself to resolve. */
public interface Gateway extends Dialer {

    /** Whether a target outside the tailnet goes this way, as far as can be told before it is resolved. Never blocks. */
    boolean carries(Target target);

    /** Whether an address of a target goes this way. Never blocks. */
    boolean carries(Target target, InetAddress address);

    /**
     * Dials a target as the client named it.
     *
     * @param id the request's id, not in use by another dial, lookup or tunnel
     * @param executor completes the result
     * @return the connection, or a {@link dev.tailnet.proxy.request.ConnectFailure}; cancelling it cancels the dial
     */
    Future<Upstream> dial(long id, Target target, Duration timeout, EventExecutor executor);
}
