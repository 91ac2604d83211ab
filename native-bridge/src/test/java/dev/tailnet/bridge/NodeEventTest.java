package dev.tailnet.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NodeEventTest {
    private static final long ID = 0x8000_0000_0000_0001L;

    @Test
    void startedAndStopped() {
        assertThat(NodeEvent.parse(frame(1, 0, 0, ""))).isEqualTo(new NodeEvent.Started(Code.OK, ""));
        assertThat(NodeEvent.parse(frame(1, 255, 0, "no state")))
                .isEqualTo(new NodeEvent.Started(Code.INTERNAL, "no state"));
        assertThat(NodeEvent.parse(frame(2, 0, 0, ""))).isEqualTo(new NodeEvent.Stopped(Code.OK, ""));
    }

    @Test
    void notifyIsTheJsonAsItCame() {
        assertThat(NodeEvent.parse(frame(3, 0, 0, "{\"State\":6,\"n\":\"é\"}")))
                .isEqualTo(new NodeEvent.Notify("{\"State\":6,\"n\":\"é\"}"));
    }

    @ParameterizedTest
    @CsvSource({"0,DEBUG", "1,INFO", "2,WARNING", "3,ERROR", "4,INFO", "255,INFO"})
    void log(int number, NodeEvent.Log.Level level) {
        assertThat(NodeEvent.parse(frame(4, number, 0, "a line"))).isEqualTo(new NodeEvent.Log(level, "a line"));
    }

    @Test
    void dialed() {
        assertThat(NodeEvent.parse(frame(5, 0, ID, ""))).isEqualTo(new NodeEvent.Dialed(ID, Code.OK, ""));
        assertThat(NodeEvent.parse(frame(5, 1, 7, "connection refused")))
                .isEqualTo(new NodeEvent.Dialed(7, Code.REFUSED, "connection refused"));
        assertThat(NodeEvent.parse(frame(5, 200, 7, "of the future")))
                .isEqualTo(new NodeEvent.Dialed(7, Code.UNKNOWN, "of the future"));
    }

    @Test
    void closed() {
        byte[] words = "reset by peer".getBytes(StandardCharsets.UTF_8);
        byte[] payload = ByteBuffer.allocate(16 + words.length)
                .putLong(1L << 40)
                .putLong(3)
                .put(words)
                .array();
        assertThat(NodeEvent.parse(frame(6, 9, ID, payload)))
                .isEqualTo(new NodeEvent.Closed(ID, Code.RESET, 1L << 40, 3, "reset by peer"));
    }

    @Test
    void resolved() throws UnknownHostException {
        InetAddress v4 = InetAddress.getByName("100.64.0.1");
        InetAddress v6 = InetAddress.getByName("fd7a:115c:a1e0::1");
        byte[] payload = ByteBuffer.allocate(6 + 5 + 17 + 4 + 10)
                .put((byte) 2)
                .putInt(-2)
                .put((byte) 2)
                .put((byte) 4)
                .put(v4.getAddress())
                .put((byte) 16)
                .put(v6.getAddress())
                .put("\u0001\u0002db".getBytes(StandardCharsets.UTF_8))
                .put("192.0.2.53".getBytes(StandardCharsets.UTF_8))
                .array();
        assertThat(NodeEvent.parse(frame(7, 0, 9, payload)))
                .isEqualTo(new NodeEvent.Resolved(
                        9,
                        Code.OK,
                        Source.SPLIT_DNS,
                        Duration.ofSeconds(4_294_967_294L),
                        List.of(v4, v6),
                        List.of("db"),
                        "192.0.2.53",
                        ""));
    }

    @Test
    void notResolved() {
        assertThat(NodeEvent.parse(frame(7, 5, 9, "\u0001\0\0\0\u0010\0\0no such name")))
                .isEqualTo(new NodeEvent.Resolved(
                        9,
                        Code.NO_SUCH_NAME,
                        Source.MAGICDNS,
                        Duration.ofSeconds(16),
                        List.of(),
                        List.of(),
                        "",
                        "no such name"));
        byte[] unknown = {0, -1, -1, -1, -1, 0, 0};
        assertThat(NodeEvent.parse(frame(7, 12, 9, unknown)))
                .isEqualTo(new NodeEvent.Resolved(
                        9, Code.RESOLVE_FAILED, Source.UNKNOWN, null, List.of(), List.of(), "", ""));
    }

    @Test
    void answered() {
        var answered = (NodeEvent.Answered) NodeEvent.parse(frame(8, 0, ID, "\u0003\n192.0.2.53a response"));
        assertThat(answered.id()).isEqualTo(ID);
        assertThat(answered.code()).isEqualTo(Code.OK);
        assertThat(answered.source()).isEqualTo(Source.SYSTEM);
        assertThat(answered.servers()).isEqualTo("192.0.2.53");
        assertThat(answered.response()).asString().isEqualTo("a response");
        var failed = (NodeEvent.Answered) NodeEvent.parse(frame(8, 4, ID, "no answer"));
        assertThat(failed.code()).isEqualTo(Code.TIMEOUT);
        assertThat(failed.response()).isEmpty();
        assertThat(failed.message()).isEqualTo("no answer");
    }

    @Test
    void changes() {
        assertThat(NodeEvent.parse(frame(9, 0, 0, ""))).isEqualTo(new NodeEvent.Changed());
        assertThat(NodeEvent.parse(frame(10, 0, 0, "gate\n"))).isEqualTo(new NodeEvent.ExitNode("gate", ""));
        assertThat(NodeEvent.parse(frame(10, 0, 0, "\n"))).isEqualTo(new NodeEvent.ExitNode("", ""));
        assertThat(NodeEvent.parse(frame(10, 0, 0, "gate\nno such peer")))
                .isEqualTo(new NodeEvent.ExitNode("gate", "no such peer"));
    }

    @Test
    void inbound() {
        byte[] flow = {
            6,
            4,
            100,
            64,
            0,
            9,
            (byte) 0xc3,
            0x50,
            4,
            100,
            64,
            0,
            1,
            0x0b,
            (byte) 0xb8,
            4,
            127,
            0,
            0,
            1,
            0x23,
            0x28,
            3,
            'w',
            'e',
            'b',
            2,
            'm',
            'e',
            1,
            5,
            't',
            'a',
            'g',
            ':',
            'a'
        };
        var tcp = new InboundFlow(
                Transport.TCP,
                new InetSocketAddress("100.64.0.9", 50_000),
                new InetSocketAddress("100.64.0.1", 3000),
                new InetSocketAddress("127.0.0.1", 9000),
                "web",
                "me",
                List.of("tag:a"));
        assertThat(tcp.port()).isEqualTo(3000);
        assertThat(NodeEvent.parse(frame(23, 0, ID, flow))).isEqualTo(new NodeEvent.Asked(ID, tcp));
        assertThat(NodeEvent.parse(frame(20, 0, ID, flow))).isEqualTo(new NodeEvent.Accepted(ID, tcp));
        assertThat(NodeEvent.parse(frame(21, 1, 5, append(flow, "refused"))))
                .isEqualTo(new NodeEvent.Rejected(5, Code.REFUSED, tcp, "refused"));
        byte[] denied = {17, 4, 100, 64, 0, 9, 0, 1, 4, 100, 64, 0, 1, 0, 53, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        assertThat(NodeEvent.parse(frame(21, 13, 6, denied)))
                .isEqualTo(new NodeEvent.Rejected(
                        6,
                        Code.DENIED,
                        new InboundFlow(
                                Transport.UDP,
                                new InetSocketAddress("100.64.0.9", 1),
                                new InetSocketAddress("100.64.0.1", 53),
                                null,
                                "",
                                "",
                                List.of()),
                        ""));
        byte[] counts = ByteBuffer.allocate(16).putLong(7).putLong(8).array();
        assertThat(NodeEvent.parse(frame(22, 0, 5, counts))).isEqualTo(new NodeEvent.Ended(5, Code.OK, 7, 8, ""));
        byte[] sctp = flow.clone();
        sctp[0] = (byte) 132;
        assertThatThrownBy(() -> NodeEvent.parse(frame(20, 0, ID, sctp))).isInstanceOf(BridgeException.class);
    }

    private static byte[] append(byte[] bytes, String text) {
        byte[] more = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(bytes.length + more.length)
                .put(bytes)
                .put(more)
                .array();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 19, 255})
    void unknownTypeIsRefused(int type) {
        assertThatThrownBy(() -> NodeEvent.parse(frame(type, 0, 0, "abc")))
                .isInstanceOf(BridgeException.class)
                .hasMessage("event frame of unknown type " + type + ", 15 bytes long");
    }

    @Test
    void everyTruncationOfAFrameWithFieldsIsRefused() {
        ByteBuffer closed = frame(6, 0, 1, new byte[16]);
        byte[] answer = {3, 0, 0, 0, 60, 1, 4, 10, 0, 0, 1, 1, 2, 'd', 'b'};
        ByteBuffer resolved = frame(7, 0, 1, answer);
        byte[] flow = {
            6, 4, 100, 64, 0, 9, 0, 1, 4, 100, 64, 0, 1, 0, 80, 4, 127, 0, 0, 1, 0, 80, 1, 'x', 1, 'y', 1, 1, 'z'
        };
        ByteBuffer accepted = frame(20, 0, 1, flow);
        ByteBuffer ended = frame(22, 0, 1, new byte[16]);
        for (ByteBuffer whole : List.of(closed, resolved, accepted, ended)) {
            assertThat(NodeEvent.parse(whole.duplicate())).isNotNull();
            for (int length = 0; length < whole.limit(); length++) {
                ByteBuffer cut = whole.duplicate().limit(length);
                assertThatThrownBy(() -> NodeEvent.parse(cut))
                        .isInstanceOf(BridgeException.class)
                        .hasMessage("malformed event frame, " + length + " bytes long");
            }
        }
    }

    @Test
    void anAddressOfAnOddLengthIsRefused() {
        byte[] answer = {3, 0, 0, 0, 60, 1, 5, 10, 0, 0, 1, 2};
        assertThatThrownBy(() -> NodeEvent.parse(frame(7, 0, 1, answer)))
                .isInstanceOf(BridgeException.class)
                .hasMessageStartingWith("malformed event frame");
    }

    @Test
    void readsBetweenPositionAndLimitAndConsumesIt() {
        ByteBuffer inner = frame(5, 0, 3, "");
        ByteBuffer outer = ByteBuffer.allocateDirect(40).position(5);
        outer.put(inner).limit(outer.position()).position(5);
        assertThat(NodeEvent.parse(outer)).isEqualTo(new NodeEvent.Dialed(3, Code.OK, ""));
        assertThat(outer.hasRemaining()).isFalse();
    }

    private static ByteBuffer frame(int type, int code, long id, String payload) {
        return frame(type, code, id, payload.getBytes(StandardCharsets.UTF_8));
    }

    private static ByteBuffer frame(int type, int code, long id, byte[] payload) {
        return ByteBuffer.allocate(12 + payload.length)
                .put((byte) type)
                .put((byte) code)
                .putShort((short) 0)
                .putLong(id)
                .put(payload)
                .flip();
    }
}
