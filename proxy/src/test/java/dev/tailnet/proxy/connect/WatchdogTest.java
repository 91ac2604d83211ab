package dev.tailnet.proxy.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.FailureReason;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WatchdogTest {
    private static final ConnectFailure LATE = new ConnectFailure(FailureReason.TIMEOUT, "late");

    private final EmbeddedChannel clock = new EmbeddedChannel();
    private final EventExecutor executor = clock.eventLoop();
    private final Promise<String> step = executor.newPromise();
    private final List<String> unwanted = new ArrayList<>();

    WatchdogTest() {
        clock.freezeTime();
    }

    private Future<String> watch() {
        return Watchdog.over(step, Duration.ofSeconds(5), executor, () -> LATE, unwanted::add);
    }

    private void pass(Duration time) {
        clock.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
        clock.runScheduledPendingTasks();
        clock.runPendingTasks();
    }

    @Test
    void passesOnWhatTheStepGives() {
        Future<String> watched = watch();
        step.setSuccess("done");
        assertThat(watched.getNow()).isEqualTo("done");
        pass(Duration.ofMinutes(1));
        assertThat(unwanted).isEmpty();
    }

    @Test
    void aStepThatIsDoneNeedsNoWatch() {
        step.setFailure(LATE);
        assertThat(watch()).isSameAs(step);
    }

    @Test
    void endsAStepThatDoesNotEnd() {
        Future<String> watched = watch();
        pass(Duration.ofSeconds(5));
        assertThat(watched.isDone()).as("its own deadline comes first").isFalse();
        pass(Duration.ofSeconds(2));
        assertThat(watched.cause()).isSameAs(LATE);
        assertThat(step.isCancelled()).isTrue();
    }

    @Test
    void whatComesTooLateIsNotLost() {
        step.setUncancellable();
        Future<String> watched = watch();
        pass(Duration.ofSeconds(7));
        assertThat(watched.cause()).isSameAs(LATE);
        step.setSuccess("late");
        assertThat(unwanted).containsExactly("late");
    }

    @Test
    void aCancelReachesTheStep() {
        watch().cancel(false);
        assertThat(step.isCancelled()).isTrue();
        pass(Duration.ofMinutes(1));
        assertThat(unwanted).isEmpty();
    }
}
