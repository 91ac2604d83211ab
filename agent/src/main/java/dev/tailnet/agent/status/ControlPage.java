package dev.tailnet.agent.status;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;

/** A page of the control socket alone: what not everybody who reaches the status port is to see or to bring about. */
@FunctionalInterface
public interface ControlPage {

    /**
     * Answers a GET; called on the executor.
     *
     * @param executor one thread, which is no event loop
     * @return what fails is told with its message and status 503
     */
    Future<Answer> answer(QueryStringDecoder uri, EventExecutor executor);
}
