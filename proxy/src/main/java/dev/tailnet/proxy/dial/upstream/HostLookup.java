package dev.tailnet.proxy.dial.upstream;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/** Finds the upstream proxy's addresses, should it be given by name. Never blocks. */
@FunctionalInterface
public interface HostLookup {

    /**
     * @return at least one address, or a {@link dev.tailnet.proxy.request.ConnectFailure}; cancelling it ends the lookup
     */
    Future<List<InetAddress>> lookUp(String name, Duration timeout, EventExecutor executor);
}
