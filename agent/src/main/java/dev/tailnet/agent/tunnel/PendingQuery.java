package dev.tailnet.agent.tunnel;

import dev.tailnet.bridge.Code;
import dev.tailnet.bridge.NodeEvent;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;

/** A DNS query under way. */
final class PendingQuery extends PendingOperation<byte[], NodeEvent.Answered> {
    private final Duration timeout;

    PendingQuery(long id, Duration timeout, EventExecutor executor, Canceller canceller) {
        super(id, executor, canceller);
        this.timeout = timeout;
    }

    @Override
    void complete(NodeEvent.Answered event) {
        if (event.code() == Code.OK) {
            trySuccess(event.response());
        } else {
            fail(event.code(), event.message());
        }
    }

    @Override
    void fail(Code code, String message) {
        tryFailure(FailureTexts.lookup("a DNS query", timeout, code, message));
    }
}
