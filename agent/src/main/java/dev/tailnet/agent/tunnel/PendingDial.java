package dev.tailnet.agent.tunnel;

import dev.tailnet.bridge.Code;
import dev.tailnet.bridge.NodeEvent;
import dev.tailnet.bridge.Via;
import dev.tailnet.proxy.dial.Upstream;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.LongFunction;

/** A dial under way. */
final class PendingDial extends PendingOperation<Upstream, NodeEvent.Dialed> {
    private final Via via;
    private final InetSocketAddress remote;
    private final Duration timeout;
    private final LongFunction<Upstream> upstreams;

    PendingDial(
            long id,
            Via via,
            InetSocketAddress remote,
            Duration timeout,
            EventExecutor executor,
            LongFunction<Upstream> upstreams,
            Canceller canceller) {
        super(id, executor, canceller);
        this.via = via;
        this.remote = remote;
        this.timeout = timeout;
        this.upstreams = upstreams;
    }

    @Override
    void complete(NodeEvent.Dialed event) {
        if (event.code() == Code.OK) {
            // A cancelled dial needs nothing more: the library closes the connection on cancel, dialed or not.
            trySuccess(upstreams.apply(id()));
        } else {
            fail(event.code(), event.message());
        }
    }

    @Override
    void fail(Code code, String message) {
        tryFailure(FailureTexts.dial(via, remote, timeout, code, message));
    }
}
