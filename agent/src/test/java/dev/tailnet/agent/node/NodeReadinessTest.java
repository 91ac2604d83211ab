package dev.tailnet.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.node.NodeState.Kind;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.FailureReason;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NodeReadinessTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final DefaultEventExecutor executor = new DefaultEventExecutor();
    private final NodeReadiness readiness = new NodeReadiness(NodeState.starting("logging in"));

    @AfterEach
    void stop() {
        executor.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @Test
    void isReadyAtOnceWhenTheNodeRuns() {
        readiness.update(NodeState.running());

        assertThat(readiness.isReady()).isTrue();
        assertThat(readiness.await(LONG, executor).isSuccess()).isTrue();
    }

    @Test
    void waitsForTheNode() throws InterruptedException {
        Future<Void> waiting = readiness.await(LONG, executor);
        assertThat(waiting.isDone()).isFalse();

        readiness.update(NodeState.running());

        assertThat(waiting.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(waiting.isSuccess()).isTrue();
    }

    @Test
    void failsAtOnceWhenNothingButAPersonHelps() throws InterruptedException {
        Future<Void> waiting = readiness.await(LONG, executor);

        readiness.update(NodeState.stuck(Kind.NEEDS_LOGIN, Trouble.KEY_INVALID, "auth key rejected"));

        assertThat(failure(waiting).getMessage()).isEqualTo("the node is not up: auth key rejected");
        assertThat(failure(readiness.await(LONG, executor)).reason()).isEqualTo(FailureReason.NODE_NOT_READY);
    }

    @Test
    void givesTheReasonOfTheMomentWhenTheTimeIsUp() throws InterruptedException {
        Future<Void> waiting = readiness.await(Duration.ofMillis(50), executor);

        readiness.update(NodeState.trying(Trouble.CONTROL_UNREACHABLE, "control server does not answer"));

        assertThat(failure(waiting).getMessage())
                .startsWith("the node is not up: control server does not answer (waited");
    }

    @Test
    void letsGoOfAWaiterThatLeaves() {
        Future<Void> waiting = readiness.await(LONG, executor);

        assertThat(waiting.cancel(true)).isTrue();
        readiness.update(NodeState.running());

        assertThat(waiting.isCancelled()).isTrue();
    }

    private static ConnectFailure failure(Future<Void> failed) throws InterruptedException {
        assertThat(failed.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(failed.cause()).isInstanceOf(ConnectFailure.class);
        return (ConnectFailure) failed.cause();
    }
}
