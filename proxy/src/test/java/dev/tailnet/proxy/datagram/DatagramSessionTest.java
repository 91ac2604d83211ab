package dev.tailnet.proxy.datagram;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.audit.Decision;
import dev.tailnet.proxy.connect.Connector;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.ConnectRequest.Protocol;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.Target;
import dev.tailnet.proxy.request.TunnelEnd;
import dev.tailnet.proxy.testing.TestProxy;
import dev.tailnet.proxy.testing.TestResolver;
import dev.tailnet.proxy.testing.UdpEchoServer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DatagramSessionTest {
    private static final DatagramLimits LIMITS =
            new DatagramLimits("targets", 2, Duration.ZERO, Duration.ofHours(1), 2, 100);

    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private TestProxy proxy;
    private EventLoop loop;
    private UdpEchoServer target;

    @BeforeEach
    void start() throws Exception {
        proxy = TestProxy.start();
        loop = proxy.loops().group().next();
        target = new UdpEchoServer();
    }

    @AfterEach
    void stop() {
        target.close();
        proxy.close();
    }

    @Test
    void theQuietestMakesWay() throws Exception {
        DatagramSession<String> session = session(LIMITS);
        assertThat(exchange(session, "a", "1")).isEqualTo("a1");
        assertThat(exchange(session, "b", "2")).isEqualTo("b2");
        assertThat(exchange(session, "a", "3")).isEqualTo("a3");
        assertThat(exchange(session, "c", "4")).isEqualTo("c4");
        assertThat(proxy.audit().close().end())
                .isEqualTo(new TunnelEnd(TunnelEnd.Cause.FINISHED, 1, 1, "made way for another target"));
        assertThat(proxy.datagrams().flows()).isEqualTo(2);
        assertThat(exchange(session, "a", "5")).isEqualTo("a5");
        assertThat(proxy.counters().counts().flows()).isEqualTo(2);
        on(session::close);
        assertThat(proxy.counters().counts().flows()).isZero();
        assertThat(proxy.datagrams().flows()).isZero();
    }

    @Test
    void whatIsInUseDoesNotMakeWay() throws Exception {
        DatagramSession<String> session =
                session(new DatagramLimits("targets", 1, Duration.ofHours(1), Duration.ofHours(1), 2, 100));
        assertThat(exchange(session, "a", "1")).isEqualTo("a1");
        send(session, "b", "2");
        assertThat(exchange(session, "a", "3")).isEqualTo("a3");
        assertThat(dropped(DropReason.TOO_MANY_TARGETS)).isEqualTo(1);
    }

    @Test
    void theAuditHearsOnceOfATargetThatFindsNoRoom() throws Exception {
        DatagramSession<String> session =
                session(new DatagramLimits("targets", 1, Duration.ofHours(1), Duration.ofHours(1), 2, 100));
        assertThat(exchange(session, "a", "1")).isEqualTo("a1");
        assertThat(proxy.audit().decision().established()).isTrue();
        for (String key : List.of("b", "b", "c", "c")) {
            send(session, key, "2");
        }
        for (int refused = 0; refused < 2; refused++) {
            ConnectFailure failure = proxy.audit().decision().failure();
            assertThat(failure).hasMessageContaining("there are 1 targets in use");
            assertThat(failure).extracting(ConnectFailure::reason).isEqualTo(FailureReason.TOO_MANY_CONNECTIONS);
        }
        assertThat(proxy.audit().isEmpty()).isTrue();
        assertThat(dropped(DropReason.TOO_MANY_TARGETS)).isEqualTo(4);
    }

    @Test
    void aRefusalIsRememberedForAWhile() throws Exception {
        proxy.datagrams().refuse(target.address());
        DatagramSession<String> session = session(LIMITS);
        send(session, "a", "1");
        send(session, "a", "2");
        Decision decision = proxy.audit().decision();
        assertThat(decision.failure()).extracting(ConnectFailure::reason).isEqualTo(FailureReason.NETWORK_UNREACHABLE);
        assertThat(proxy.audit().isEmpty()).isTrue();
        DatagramSession<String> forgetful =
                session(new DatagramLimits("targets", 2, Duration.ZERO, Duration.ZERO, 2, 100));
        send(forgetful, "a", "1");
        send(forgetful, "a", "2");
        assertThat(proxy.audit().decision().established()).isFalse();
        assertThat(proxy.audit().decision().established()).isFalse();
        assertThat(dropped(DropReason.NO_WAY)).isEqualTo(4);
    }

    @Test
    void aBoundedNumberWaits() throws Exception {
        DatagramSession<String> session = session(new DatagramLimits("targets", 4, Duration.ZERO, Duration.ZERO, 2, 7));
        var silent =
                new Target(new Host.Name(TestResolver.SILENT), target.address().getPort());
        send(session, "a", silent, "123");
        send(session, "a", silent, "456");
        send(session, "a", silent, "7");
        send(session, "b", silent, "78");
        send(session, "b", silent, "7");
        assertThat(dropped(DropReason.QUEUE_FULL)).isEqualTo(2);
        var lookup = proxy.resolver().nextUnanswered();
        on(session::close);
        assertThat(lookup.isCancelled()).isTrue();
        assertThat(proxy.audit().decision().failure())
                .extracting(ConnectFailure::reason)
                .isEqualTo(FailureReason.CANCELLED);
        assertThat(proxy.audit().decision().failure())
                .extracting(ConnectFailure::reason)
                .isEqualTo(FailureReason.CANCELLED);
        send(session, "a", "after the end");
        assertThat(proxy.audit().isEmpty()).isTrue();
    }

    private DatagramSession<String> session(DatagramLimits limits) {
        var datagrams = new Datagrams(proxy.connector(), proxy.datagrams(), proxy.counters());
        return datagrams.session(loop, limits, new Datagrams.Client<>() {
            @Override
            public ConnectRequest request(Connector connector, String key, Target to) {
                return connector.request(Protocol.SOCKS5_UDP, proxy.address(), null, to);
            }

            @Override
            public void received(String key, InetSocketAddress from, ByteBuf datagram) {
                answers.add(key + datagram.toString(StandardCharsets.US_ASCII));
            }

            @Override
            public void receivedAll() {}
        });
    }

    private String exchange(DatagramSession<String> session, String key, String text) throws Exception {
        send(session, key, text);
        return answers.poll(10, TimeUnit.SECONDS);
    }

    private void send(DatagramSession<String> session, String key, String text) throws Exception {
        InetSocketAddress address = target.address();
        send(session, key, new Target(new Host.Address(address.getAddress()), address.getPort()), text);
    }

    private void send(DatagramSession<String> session, String key, Target to, String text) throws Exception {
        on(() -> {
            session.send(key, to, Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
            session.flush();
        });
    }

    private void on(Runnable action) throws Exception {
        loop.submit(action).get(10, TimeUnit.SECONDS);
    }

    private long dropped(DropReason reason) {
        return proxy.counters().counts().dropped().getOrDefault(reason, 0L);
    }
}
