package dev.tailnet.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatagramFrameTest {
    private static final long ID = 0x8000_0000_0000_0001L;

    @Test
    void whatComesFromTheLibrary() {
        assertThat(DatagramFrame.parse(frame("03000000", "hello")))
                .isEqualTo(new DatagramFrame.Datagram(ID, ByteBuffer.wrap(bytes("hello"))));
        assertThat(DatagramFrame.parse(frame("03000000", "")))
                .isEqualTo(new DatagramFrame.Datagram(ID, ByteBuffer.allocate(0)));
        assertThat(DatagramFrame.parse(frame("04000000", ""))).isEqualTo(new DatagramFrame.Opened(ID, Code.OK, ""));
        assertThat(DatagramFrame.parse(frame("04060000", "nobody")))
                .isEqualTo(new DatagramFrame.Opened(ID, Code.NOT_OWNED, "nobody"));
        assertThat(DatagramFrame.parse(frame("050a0000", "idle")))
                .isEqualTo(new DatagramFrame.Closed(ID, Code.IDLE, "idle"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "03", "0300000000", "01000000000000000000000000", "06000000000000000000000000"})
    void whatIsNoFrame(String hex) {
        ByteBuffer frame = ByteBuffer.wrap(HexFormat.of().parseHex(hex));
        assertThatThrownBy(() -> DatagramFrame.parse(frame)).isInstanceOf(BridgeException.class);
        assertThat(frame.hasRemaining()).isFalse();
    }

    @Test
    void whatGoesToTheLibrary() {
        assertThat(DatagramFrame.open(ID, Via.DIRECT, target("192.0.2.1")))
                .asHexString()
                .isEqualTo("00000012010100008000000000000001" + "FDE8" + "C0000201");
        assertThat(DatagramFrame.open(ID, Via.TAILNET, target("2001:db8::1")))
                .asHexString()
                .isEqualTo("0000001E010000008000000000000001" + "FDE8" + "20010DB8000000000000000000000001");
        assertThat(DatagramFrame.close(ID)).asHexString().isEqualTo("0000000C020000008000000000000001");
        assertThat(DatagramFrame.datagramHeader(ID, 5)).asHexString().isEqualTo("00000011030000008000000000000001");
    }

    private static InetSocketAddress target(String address) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), 65_000);
    }

    private static ByteBuffer frame(String head, String payload) {
        return ByteBuffer.wrap(HexFormat.of()
                .parseHex(head + "8000000000000001" + HexFormat.of().formatHex(bytes(payload))));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
