package dev.tailnet.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.config.AuthKey;
import dev.tailnet.agent.config.LogLevel;
import dev.tailnet.agent.config.NodePreferences;
import dev.tailnet.agent.config.NodeSettings;
import dev.tailnet.agent.config.Secret;
import dev.tailnet.agent.logging.Logging;
import dev.tailnet.agent.node.NodeState.Kind;
import dev.tailnet.bridge.Code;
import dev.tailnet.bridge.NodeEvent;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.event.Level;

/** The supervisor on the receiving end of an event stream, frame by frame as the library writes them. */
class NodeSupervisorTest {
    private static final int STARTED = 1;
    private static final int NOTIFY = 3;
    private static final int LOG = 4;
    private static final int DIALED = 5;
    private static final int CLOSED = 6;
    private static final int ENDED = 22;

    private final List<Object> operations = new ArrayList<>();
    private final OperationEvents recorder = recorder(OperationEvents.class, "ended");
    private final InboundEvents inbound = recorder(InboundEvents.class, "inbound ended");
    private final NodeSupervisor supervisor = new NodeSupervisor(
            new NodeSettings(
                    Optional.of(new AuthKey(Secret.of("k"), "TS_AUTHKEY (environment)", Optional.empty())),
                    "box",
                    URI.create("http://control.test"),
                    List.of(),
                    true,
                    Optional.empty(),
                    true,
                    Optional.empty(),
                    NodePreferences.DEFAULT),
            Path.of("/nonexistent"),
            recorder,
            inbound,
            Clock.systemUTC());
    private final EmbeddedChannel stream = new EmbeddedChannel(new EventStreamHandler(supervisor, recorder, inbound));

    /** Writes down the event of each call, or the word for one without an event. */
    private <T> T recorder(Class<T> events, String word) {
        return events.cast(
                Proxy.newProxyInstance(events.getClassLoader(), new Class<?>[] {events}, (self, method, arguments) -> {
                    operations.add(arguments == null ? word : arguments[0]);
                    return null;
                }));
    }

    @AfterEach
    void close() {
        stream.finishAndReleaseAll();
    }

    @Test
    void startsOutStarting() {
        assertThat(supervisor.state().kind()).isEqualTo(Kind.STARTING);
        assertThat(supervisor.state().reason()).isEqualTo("logging in at http://control.test");
        assertThat(supervisor.readiness().isReady()).isFalse();
        assertThat(supervisor.node()).isNull();
        assertThat(supervisor.stats()).isNull();
    }

    @Test
    void followsTheNotifications() {
        receive(NOTIFY, 0, 0, """
                {"SelfChange":{"Name":"box.tailnet.test.","Addresses":["100.64.0.2/32"]}}""");
        receive(NOTIFY, 0, 0, "{\"State\":6}");

        assertThat(supervisor.state().isRunning()).isTrue();
        assertThat(supervisor.readiness().isReady()).isTrue();
        assertThat(supervisor.self()).isEqualTo(new SelfNode("box.tailnet.test", List.of("100.64.0.2"), null));
    }

    @Test
    void saysWhyTheNodeCouldNotStart() {
        receive(STARTED, 255, 0, "no more threads");

        assertThat(supervisor.failed()).isDone();
        assertThat(supervisor.state().kind()).isEqualTo(Kind.FAILED);
        assertThat(supervisor.state().reason()).isEqualTo("the node cannot start: no more threads");
    }

    @Test
    void handsOnWhatConcernsOperations() {
        receive(DIALED, 1, 7, "refused");
        ByteBuf closed = Unpooled.buffer().writeLong(3).writeLong(5);
        receive(CLOSED, 0, 8, closed);

        assertThat(operations)
                .containsExactly(
                        new NodeEvent.Dialed(7, Code.REFUSED, "refused"), new NodeEvent.Closed(8, Code.OK, 3, 5, ""));
    }

    @Test
    void handsOnWhatComesFromTheTailnet() {
        receive(ENDED, 9, 3, Unpooled.buffer().writeLong(1).writeLong(2));

        assertThat(operations).containsExactly(new NodeEvent.Ended(3, Code.RESET, 1, 2, ""));
    }

    /** The library's levels are about its own workings, so that those of no concern to operators are one lower here. */
    @ParameterizedTest
    @CsvSource({"0, TRACE", "1, DEBUG", "2, WARN", "3, ERROR"})
    void theLibrarysLinesAreLoggedAsOneOfOurs(int code, Level level) {
        Logging.level(LogLevel.TRACE);
        try {
            receive(LOG, code, 0, "magicsock: line " + code + "\nsecond");
        } finally {
            Logging.level(LogLevel.INFO);
        }

        assertThat(Logging.recent().entries())
                .filteredOn(entry -> entry.logger().equals("tailscale"))
                .last()
                .satisfies(entry -> {
                    assertThat(entry.level()).isEqualTo(level);
                    assertThat(entry.message()).isEqualTo("magicsock: line " + code + "\\nsecond");
                });
    }

    @Test
    void survivesFramesItCannotRead() {
        receive(99, 0, 0, "");
        receive(NOTIFY, 0, 0, "not json");
        receive(CLOSED, 0, 8, "short");
        receive(NOTIFY, 0, 0, "{\"State\":6}");

        assertThat(supervisor.state().isRunning()).isTrue();
    }

    @Test
    void theEndOfTheStreamIsTheNodesEnd() {
        receive(NOTIFY, 0, 0, "{\"State\":6}");

        stream.close();

        assertThat(supervisor.state().kind()).isEqualTo(Kind.STOPPED);
        assertThat(supervisor.stop()).isDone();
        assertThat(operations).containsExactly("ended", "inbound ended");
    }

    @Test
    void stoppingBeforeThereIsANodeIsDoneAtOnce() {
        assertThat(supervisor.stop()).isDone();
    }

    private void receive(int type, int code, long id, String payload) {
        receive(type, code, id, Unpooled.copiedBuffer(payload, StandardCharsets.UTF_8));
    }

    private void receive(int type, int code, long id, ByteBuf payload) {
        ByteBuf header =
                Unpooled.buffer().writeByte(type).writeByte(code).writeShort(0).writeLong(id);
        stream.writeInbound(Unpooled.copiedBuffer(header, payload));
        header.release();
        payload.release();
    }
}
