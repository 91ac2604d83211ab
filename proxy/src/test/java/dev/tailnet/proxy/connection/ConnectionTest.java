package dev.tailnet.proxy.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.request.TunnelEnd;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.ArrayList;
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
            } else {
                ctx.fireUserEventTriggered(event);
            }
        }
    });
    private final Connections connections = new Connections(1, 0);
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
        assertThat(connections.counts().live()).isZero();
        var other = new EmbeddedChannel();
        Connection tunnel = Objects.requireNonNull(connections.accepted(other));
        tunnel.waiting();
        tunnel.enterTunnel();
        other.close();
        assertThat(connections.counts().tunnels()).isEqualTo(1);
        tunnel.ended();
        tunnel.ended();
        assertThat(connections.counts().live()).isZero();
        assertThat(connections.counts().accepted()).isEqualTo(2);
    }

    @Test
    void oneBeyondTheLimitIsRefusedAndHasNoPlace() {
        Connection refused = Objects.requireNonNull(connections.accepted(new EmbeddedChannel()));
        assertThat(connection.refusal()).isNull();
        assertThat(refused.refusal()).hasMessageStartingWith("1 connections are open");
        connection.ended();
        Connection next = Objects.requireNonNull(connections.accepted(new EmbeddedChannel()));
        assertThat(next.refusal()).isNull();
        refused.ended();
        assertThat(connections.counts().rejected(Rejection.MAX_CONNECTIONS)).isEqualTo(1);
        assertThat(connections.counts().tooMany()).isEqualTo(1);
        assertThat(connections.counts().live()).isEqualTo(1);
    }

    @Test
    void onlySoManyAreRefusedAtOnceTheRestIsNotTakenIn() {
        var refused = new ArrayList<Connection>();
        for (Connection next = connections.accepted(new EmbeddedChannel());
                next != null;
                next = connections.accepted(new EmbeddedChannel())) {
            refused.add(next);
        }
        assertThat(refused).hasSizeBetween(10, 1_000);
        refused.getFirst().ended();
        assertThat(connections.accepted(new EmbeddedChannel())).isNotNull();
        refused.forEach(Connection::ended);
        connection.ended();
        assertThat(connections.accepted(new EmbeddedChannel()))
                .satisfies(next -> assertThat(next.refusal()).isNull());
    }

    @Test
    void aRaisedLimitLetsTheNextOneIn() {
        connections.limit(2, 0);
        assertThat(Objects.requireNonNull(connections.accepted(new EmbeddedChannel()))
                        .refusal())
                .isNull();
    }

    @Test
    void aUserCountsInsteadOfTheAddress() {
        var perClient = new Connections(10, 1);
        Connection first = Objects.requireNonNull(perClient.accepted(new EmbeddedChannel()));
        Connection second = Objects.requireNonNull(perClient.accepted(new EmbeddedChannel()));
        assertThat(second.refusal()).hasMessageStartingWith("this client has 1 connections open");
        second.authenticated("ci");
        assertThat(second.refusal()).isNull();
        assertThat(second.role()).isEqualTo("ci");
        first.authenticated("ci");
        assertThat(first.refusal()).isNotNull();
        second.ended();
        first.ended();
        Connection third = Objects.requireNonNull(perClient.accepted(new EmbeddedChannel()));
        third.authenticated("ci");
        assertThat(third.refusal()).isNull();
        assertThat(perClient.counts().rejected(Rejection.MAX_CONNECTIONS_PER_CLIENT))
                .isEqualTo(1);
    }

    @Test
    void whoHasNoTunnelHearsOfTheDrain() {
        var heard = new AtomicInteger();
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                if (event instanceof Draining) {
                    heard.incrementAndGet();
                }
            }
        });
        connections.drain();
        channel.runPendingTasks();
        assertThat(heard).hasValue(1);
        assertThat(connection.isDraining()).isTrue();
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
