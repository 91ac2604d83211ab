package dev.tailnet.proxy.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.dial.Dialer;
import dev.tailnet.proxy.dial.Upstream;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest.Protocol;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.request.Target;
import dev.tailnet.proxy.request.TunnelEnd;
import dev.tailnet.proxy.testing.RecordingAudit;
import dev.tailnet.proxy.testing.TestProxy;
import dev.tailnet.proxy.testing.TestReadiness;
import dev.tailnet.proxy.testing.TestResolver;
import dev.tailnet.proxy.testing.TestSockets;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DialingTest {
    private static final String PEER4 = "100.64.0.7";
    private static final String PEER6 = "fd7a:115c:a1e0::7";
    private static final String[] V4 = {"192.0.2.1", "192.0.2.2"};
    private static final String[] V6 = {"2001:db8::1", "2001:db8::2"};

    /** A dial as it was asked for. */
    private record Dial(long id, String address, Promise<Upstream> outcome) {}

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final List<Dial> dials = new ArrayList<>();
    private final Map<InetAddress, Route> routes = new ConcurrentHashMap<>();
    private final TestResolver resolver = new TestResolver();
    private final RecordingAudit audit = new RecordingAudit();
    private final Dialer dialer = (id, remote, timeout, executor) -> {
        Promise<Upstream> outcome = executor.newPromise();
        dials.add(new Dial(id, remote.getAddress().getHostAddress(), outcome));
        return outcome;
    };
    private final Connector connector = new Connector(
            TestProxy.ALLOW_ALL,
            new TestReadiness(),
            resolver.resolvers(),
            address -> routes.getOrDefault(address, Route.DIRECT),
            new Ways(dialer, dialer, null),
            audit,
            Timeouts.DEFAULT,
            new TestSockets());

    DialingTest() {
        channel.freezeTime();
        routes.put(InetAddress.ofLiteral(PEER4), Route.TAILNET);
        routes.put(InetAddress.ofLiteral(PEER6), Route.TAILNET);
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    @Test
    void triesTheFamiliesInTurnAQuarterOfASecondApart() {
        Opening opening = open(V6[0], V6[1], V4[0], V4[1]);

        assertThat(addresses()).containsExactly(literal(V6[0]));
        pass(249);
        assertThat(dials).hasSize(1);
        pass(1);
        assertThat(addresses()).containsExactly(literal(V6[0]), V4[0]);
        pass(500);
        assertThat(addresses()).containsExactly(literal(V6[0]), V4[0], literal(V6[1]), V4[1]);
        assertThat(dials.stream().map(Dial::id)).doesNotHaveDuplicates();
        assertThat(opening.isDone()).isFalse();
    }

    @Test
    void theFirstThatAnswersWinsAndTheOthersAreGivenUp() {
        Opening opening = open(V6[0], V4[0], V4[1]);
        pass(250);
        dials.get(1).outcome().setSuccess(new Connected());

        assertThat(opening.isSuccess()).isTrue();
        assertThat(opening.getNow().trail().way().address()).isEqualTo(InetAddress.ofLiteral(V4[0]));
        assertThat(dials.getFirst().outcome().isCancelled()).isTrue();
        pass(1000);
        assertThat(dials).hasSize(2);
    }

    @Test
    void aFailureIsNotWaitedFor() {
        Opening opening = open(V6[0], V4[0]);
        fail(0, FailureReason.NETWORK_UNREACHABLE);

        assertThat(addresses()).containsExactly(literal(V6[0]), V4[0]);
        dials.get(1).outcome().setSuccess(new Connected());
        assertThat(opening.isSuccess()).isTrue();
    }

    @Test
    void whenAllFailTheClientHearsWhatTheFirstAddressDid() {
        Opening opening = open(V6[0], V4[0]);
        pass(250);
        fail(1, FailureReason.CONNECTION_REFUSED);
        assertThat(opening.isDone()).isFalse();
        fail(0, FailureReason.TIMEOUT);

        assertThat(((ConnectFailure) opening.cause()).reason()).isEqualTo(FailureReason.TIMEOUT);
    }

    @Test
    void addressesInsideTheTailnetAreTriedFirstAndOneAfterTheOther() {
        open(V4[0], PEER4, PEER6);
        pass(5000);
        assertThat(addresses()).containsExactly(PEER4);
        fail(0, FailureReason.TIMEOUT);
        pass(5000);
        assertThat(addresses()).containsExactly(PEER4, literal(PEER6));
        fail(1, FailureReason.TIMEOUT);
        assertThat(addresses()).containsExactly(PEER4, literal(PEER6), V4[0]);
    }

    @Test
    void aClientThatLeavesEndsAllDials() {
        Opening opening = open(V6[0], V4[0], V4[1]);
        pass(250);
        opening.cancel(true);
        pass(1000);

        assertThat(dials).hasSize(2).allMatch(dial -> dial.outcome().isCancelled());
    }

    private Opening open(String... addresses) {
        resolver.add(
                "x.test", Arrays.stream(addresses).map(InetAddress::ofLiteral).toArray(InetAddress[]::new));
        var request = connector.request(
                Protocol.SOCKS5,
                new InetSocketAddress("127.0.0.1", 40000),
                null,
                new Target(new Host.Name("x.test"), 80));
        return connector.open(request, channel.eventLoop());
    }

    private void pass(int millis) {
        // Step by step, as a task that runs late would have the next one run later still.
        for (int i = 0; i < millis; i++) {
            channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
            channel.runScheduledPendingTasks();
        }
    }

    private void fail(int dial, FailureReason reason) {
        dials.get(dial).outcome().setFailure(new ConnectFailure(reason, "words"));
    }

    private List<String> addresses() {
        return dials.stream().map(Dial::address).toList();
    }

    private static String literal(String address) {
        return InetAddress.ofLiteral(address).getHostAddress();
    }

    /** A connection that is there and nothing more. */
    private static final class Connected implements Upstream {
        @Override
        public Future<TunnelEnd> relay(int clientFd, ByteBuffer early, Duration idleTimeout) {
            throw new AssertionError("a dial relays nothing");
        }

        @Override
        public void discard() {}
    }
}
