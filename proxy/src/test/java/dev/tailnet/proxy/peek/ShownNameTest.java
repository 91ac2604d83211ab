package dev.tailnet.proxy.peek;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.peek.ShownName.Found;
import dev.tailnet.proxy.peek.ShownName.Missing;
import dev.tailnet.proxy.peek.ShownName.Protocol;
import dev.tailnet.proxy.testing.TestHello;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShownNameTest {
    private static final ShownName NO_TLS_NAME = new Missing(Protocol.TLS);
    private static final ShownName NO_HTTP_NAME = new Missing(Protocol.HTTP);

    @Test
    void readsTheServerNameOfARealHelloAsSoonAsItIsThere() throws Exception {
        byte[] hello = hello("www.example.com");
        for (int length = 0; length < hello.length; length++) {
            assertThat(read(Arrays.copyOf(hello, length)))
                    .as("%d bytes", length)
                    .isEqualTo(ShownName.INCOMPLETE);
        }
        assertThat(read(hello)).isEqualTo(new Found("www.example.com", Protocol.TLS));
    }

    @Test
    void readsAHelloInSeveralRecords() throws Exception {
        byte[] hello = hello("www.example.com");
        var records = ByteBuffer.allocate(hello.length * 6);
        for (int at = 5; at < hello.length; at++) {
            records.put(hello, 0, 3).putShort((short) 1).put(hello[at]);
        }
        assertThat(read(Arrays.copyOf(records.array(), records.position())))
                .isEqualTo(new Found("www.example.com", Protocol.TLS));
    }

    @Test
    void aHelloWithoutANameOrWithAnEncryptedOneHasNone() throws Exception {
        assertThat(read(hello(null))).isEqualTo(NO_TLS_NAME);
        assertThat(read(TestHello.of("cover.example", TestHello.ENCRYPTED_CLIENT_HELLO)))
                .isEqualTo(NO_TLS_NAME);
        assertThat(read(TestHello.of("www.example.com"))).isEqualTo(new Found("www.example.com", Protocol.TLS));
    }

    @Test
    void twoNamesAreNone() {
        assertThat(read(TestHello.withNames("a.example", "b.example"))).isEqualTo(NO_TLS_NAME);
        assertThat(read(TestHello.of("a.example", TestHello.SERVER_NAME))).isEqualTo(NO_TLS_NAME);
    }

    @Test
    void nothingThatIsSentThrowsOrHangs() throws Exception {
        byte[] hello = hello("www.example.com");
        var random = new Random(6066);
        for (int i = 0; i < 20_000; i++) {
            byte[] broken = hello.clone();
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
            }
            assertThat(read(broken)).isNotNull();
        }
    }

    @Test
    void readsTheHostField() {
        assertThat(http("GET / HTTP/1.1\r\nAccept: */*\r\nHost: www.example.com:80\r\n\r\nrest"))
                .isEqualTo(new Found("www.example.com", Protocol.HTTP));
        assertThat(http("GET / HTTP/1.1\r\nhost:[::1]:80\r\n\r\n")).isEqualTo(new Found("[::1]", Protocol.HTTP));
        assertThat(http("GET / HTTP/1.1\r\nHost: www.ex")).isEqualTo(ShownName.INCOMPLETE);
        assertThat(http("GE")).isEqualTo(ShownName.INCOMPLETE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a.test\r\nHost: b.test\r\n\r\n",
                "GET http://b.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n",
                "GET / HTTP/1.1\r\n Host: a.test\r\n\r\n",
                "GET / HTTP/1.1\r\nHost : a.test\r\n\r\n",
                "GET / HTTP/1.1\r\nX: y\nHost: b.test\r\nHost: a.test\r\n\r\n",
                "GET / HTTP/1.1\r\nHost:\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "SSH-2.0-OpenSSH\r\n",
                "GET /\r\n\r\n"
            })
    void aRequestThatServersCouldReadDifferentlyHasNone(String request) {
        assertThat(http(request)).isEqualTo(NO_HTTP_NAME);
    }

    @Test
    void otherProtocolsHaveNone() {
        assertThat(read(new byte[] {0, 1, 2})).isEqualTo(new Missing(Protocol.OTHER));
        assertThat(http("\r\nGET / HTTP/1.1\r\nHost: a.test\r\n\r\n")).isEqualTo(new Missing(Protocol.OTHER));
    }

    private static ShownName http(String text) {
        return read(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static ShownName read(byte[] bytes) {
        var buffer = Unpooled.wrappedBuffer(bytes);
        ShownName shown = ShownName.in(buffer);
        assertThat(buffer.readableBytes()).isEqualTo(bytes.length);
        return shown;
    }

    /** What a client of the JDK sends. */
    private static byte[] hello(@Nullable String name) throws Exception {
        var context = SSLContext.getInstance("TLS");
        context.init(null, null, null);
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(true);
        var parameters = engine.getSSLParameters();
        parameters.setServerNames(name == null ? List.of() : List.of(new SNIHostName(name)));
        engine.setSSLParameters(parameters);
        engine.beginHandshake();
        var packet = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), packet);
        return Arrays.copyOf(packet.array(), packet.position());
    }
}
