package dev.tailnet.agent.status;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The page {@code /wait} of the control socket: its answer is {@code up}, and comes when the node is; or, after a while, why it is not yet. */
public final class WaitPage implements ControlPage {
    /** Less than the endpoint's patience with clients that say nothing. */
    private static final int LONGEST_SECONDS = 20;

    private final AgentView agent;
    private final Set<Promise<Answer>> waiting = ConcurrentHashMap.newKeySet();

    /** @param onChange takes what is to be called when the node's state may have changed */
    public WaitPage(AgentView agent, Consumer<Runnable> onChange) {
        this.agent = agent;
        onChange.accept(this::look);
    }

    @Override
    public Future<Answer> answer(QueryStringDecoder uri, EventExecutor executor) {
        Promise<Answer> waiter = executor.newPromise();
        waiting.add(waiter);
        var deadline = executor.schedule(
                () -> waiter.trySuccess(
                        Answer.text(HttpResponseStatus.OK, agent.nodeState().reason())),
                LONGEST_SECONDS,
                TimeUnit.SECONDS);
        waiter.addListener(done -> {
            waiting.remove(waiter);
            deadline.cancel(false);
        });
        look();
        return waiter;
    }

    private void look() {
        if (agent.nodeState().isRunning()) {
            waiting.forEach(waiter -> waiter.trySuccess(Answer.text(HttpResponseStatus.OK, "up")));
        }
    }
}
