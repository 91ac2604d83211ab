package dev.tailnet.agent.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.testing.Eventually;
import dev.tailnet.proxy.connect.Readiness;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.FailureReason;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AuditGateTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final EventExecutor executor = new DefaultEventExecutor();
    private final Node node = new Node();
    private final Valve sink = new Valve();
    private final AuditLog log = new AuditLog(100, new ClientProcesses(List::of), "the test", sink, Clock.systemUTC());
    private final AuditGate gate = new AuditGate(node, log);

    @AfterEach
    void end() {
        log.close(Duration.ZERO);
        executor.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private static final class Node implements Readiness {
        private volatile boolean isReady = true;
        private final LinkedBlockingQueue<Promise<Void>> waiting = new LinkedBlockingQueue<>();

        @Override
        public boolean isReady() {
            return isReady;
        }

        @Override
        public Future<Void> await(Duration timeout, EventExecutor executor) {
            Promise<Void> promise = executor.newPromise();
            waiting.add(promise);
            return promise;
        }
    }

    private static final class Valve implements LineSink {
        private volatile boolean isShut;

        @Override
        public void write(Batch batch) throws IOException {
            if (isShut) {
                throw new IOException("shut");
            }
            batch.take(batch.size());
        }

        @Override
        public void close() {}
    }

    private void shut() {
        sink.isShut = true;
        log.start();
        Eventually.get(PATIENCE, log::hasRoom, room -> !room);
    }

    @Test
    void isReadyWhenTheNodeIsAndThereIsRoom() {
        assertThat(gate.isReady()).isTrue();
        node.isReady = false;
        assertThat(gate.isReady()).isFalse();
        node.isReady = true;
        shut();
        assertThat(gate.isReady()).isFalse();
        sink.isShut = false;
        Eventually.get(PATIENCE, gate::isReady, ready -> ready);
    }

    @Test
    void aRequestWaitsUntilThereIsRoom() throws Exception {
        shut();
        Future<Void> wait = gate.await(PATIENCE, executor);
        assertThat(wait.isDone()).isFalse();
        sink.isShut = false;
        wait.get(20, TimeUnit.SECONDS);
    }

    @Test
    void aRequestThatWaitedInVainIsToldWhy() throws Exception {
        shut();
        Future<Void> wait = gate.await(Duration.ofMillis(50), executor);
        assertThat(wait.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(wait.cause())
                .isInstanceOfSatisfying(
                        ConnectFailure.class,
                        failure -> assertThat(failure.reason()).isEqualTo(FailureReason.NODE_NOT_READY))
                .hasMessage("the audit log cannot be written, and nothing is let through without it: shut");
    }

    @Test
    void theNodeComesFirstAndItsReasonIsTold() throws Exception {
        node.isReady = false;
        Future<Void> lucky = gate.await(PATIENCE, executor);
        Future<Void> unlucky = gate.await(PATIENCE, executor);
        Future<Void> cancelled = gate.await(PATIENCE, executor);
        node.waiting.take().setSuccess(null);
        node.waiting.take().setFailure(new ConnectFailure(FailureReason.NODE_NOT_READY, "expired"));
        cancelled.cancel(false);
        Promise<Void> asked = node.waiting.take();
        lucky.get(20, TimeUnit.SECONDS);
        assertThat(unlucky.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(unlucky.cause()).hasMessage("expired");
        asked.await(20, TimeUnit.SECONDS);
        assertThat(asked.isCancelled()).isTrue();
    }
}
