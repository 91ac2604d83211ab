package dev.tailnet.proxy.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.request.TunnelEnd;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConnectionTest {
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final AtomicInteger timeouts = new AtomicInteger();
    private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter() {
        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof HandshakeTimeout) {
                timeouts.incrementAndGet();
            }
        }
    });
    private final Connections connections = new Connections(1);
    private final Connection connection = Objects.requireNonNull(connections.accepted(channel));

    @Test
    void anUnfinishedHandshakeHearsOfItsDeadlineOnce() {
        channel.freezeTime();
        connection.startHandshake(DEADLINE);
        pass(DEADLINE.minusMillis(1));
        assertThat(timeouts).hasValue(0);
        pass(DEADLINE);
        assertThat(timeouts).hasValue(1);
        pass(DEADLINE);
        assertThat(timeouts).hasValue(1);
    }

    @Test
    void aFinishedHandshakeHasNoDeadline() {
        channel.freezeTime();
        connection.startHandshake(DEADLINE);
        connection.waiting();
        pass(DEADLINE.multipliedBy(2));
        assertThat(timeouts).hasValue(0);
    }

    @Test
    void aChannelThatClosesEndsTheConnectionUnlessThereIsATunnel() {
        channel.close();
        assertThat(connections.counts()).isEqualTo(new Counts(1, 0, 0, 0, 0));
        var other = new EmbeddedChannel();
        Connection tunnel = Objects.requireNonNull(connections.accepted(other));
        tunnel.waiting();
        tunnel.enterTunnel();
        other.close();
        assertThat(connections.counts()).isEqualTo(new Counts(2, 0, 0, 0, 1));
        tunnel.ended();
        tunnel.ended();
        assertThat(connections.counts()).isEqualTo(new Counts(2, 0, 0, 0, 0));
    }

    @Test
    void beyondTheLimitNobodyGetsIn() {
        assertThat(connections.accepted(new EmbeddedChannel())).isNull();
        assertThat(connections.counts()).isEqualTo(new Counts(2, 1, 1, 0, 0));
        connection.ended();
        assertThat(connections.accepted(new EmbeddedChannel())).isNotNull();
    }

    @Test
    void anAbortReachesATunnelThatIsOnlyJustBeingMade() {
        connection.waiting();
        connection.enterTunnel();
        assertThat(connections.abortAll()).isEqualTo(1);
        Promise<TunnelEnd> end = ImmediateEventExecutor.INSTANCE.newPromise();
        connection.tunnel(end);
        assertThat(end.isCancelled()).isTrue();
    }

    @Test
    void whenNoneRunsOnceTheLastIsGone() {
        var runs = new AtomicInteger();
        connections.whenNone(runs::incrementAndGet);
        assertThat(runs).hasValue(0);
        connection.ended();
        assertThat(runs).hasValue(1);
        connections.whenNone(runs::incrementAndGet);
        assertThat(runs).hasValue(2);
    }

    private void pass(Duration time) {
        channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
        channel.runPendingTasks();
        channel.runScheduledPendingTasks();
    }
}
