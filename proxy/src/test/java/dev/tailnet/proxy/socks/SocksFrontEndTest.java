package dev.tailnet.proxy.socks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.auth.Authenticator;
import dev.tailnet.proxy.connection.HandlerNames;
import dev.tailnet.proxy.connection.HandshakeTimeout;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.testing.TestChannel;
import dev.tailnet.proxy.testing.TestClient;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SocksFrontEndTest {
    private static final byte[] CHOSEN = {5, 0};

    private final TestChannel channel = new TestChannel();

    @BeforeEach
    void install() {
        SocksFrontEnd.install(
                channel.pipeline(), channel.connection(), channel.connector(), channel.datagrams(), Authenticator.NONE);
    }

    @AfterEach
    void finish() {
        channel.finishAndReleaseAll();
    }

    @ParameterizedTest
    @CsvSource({"10.1.2.3, 10.1.2.3:443", "fd7a::1, [fd7a::1]:443", "::ffff:10.1.2.3, 10.1.2.3:443"})
    void readsAddresses(String address, String target) {
        channel.receive(TestClient.socksGreeting());
        assertThat(channel.sent()).isEqualTo(CHOSEN);
        channel.receive(TestClient.socksConnect(InetAddress.ofLiteral(address), 443));
        assertThat(channel.requests()).singleElement().satisfies(request -> {
            assertThat(request.target()).hasToString(target);
            assertThat(request.protocol()).isEqualTo(ConnectRequest.Protocol.SOCKS5);
            assertThat(request.client()).isEqualTo(new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000));
        });
    }

    @ParameterizedTest
    @CsvSource({
        "Example.COM., example.com:443",
        "0x7f.1, 127.0.0.1:443",
        "::1, [::1]:443",
        "[::ffff:10.1.2.3], 10.1.2.3:443",
        "BÜCHER.example, xn--bcher-kva.example:443",
        "😀.example, xn--e28h.example:443"
    })
    void readsNamesAndWhatOnlyLooksLikeOne(String name, String target) {
        channel.receive(TestClient.socksGreeting());
        channel.receive(TestClient.socksConnect(name, 443));
        assertThat(channel.requests())
                .singleElement()
                .satisfies(request -> assertThat(request.target()).hasToString(target));
    }

    @Test
    void everySplitOfTheHandshakeReadsTheSame() {
        var handshake = new ByteArrayOutputStream();
        handshake.writeBytes(new byte[] {5, 3, 2, 1, 0});
        handshake.writeBytes(TestClient.socksConnect("db.internal", 5432));
        byte[] bytes = handshake.toByteArray();
        for (int first = 0; first < bytes.length; first++) {
            for (int second = first; second < bytes.length; second++) {
                var split = new TestChannel();
                SocksFrontEnd.install(
                        split.pipeline(), split.connection(), split.connector(), split.datagrams(), Authenticator.NONE);
                split.receive(Arrays.copyOfRange(bytes, 0, first));
                split.receive(Arrays.copyOfRange(bytes, first, second));
                split.receive(Arrays.copyOfRange(bytes, second, bytes.length));
                assertThat(split.requests()).hasSize(1);
                assertThat(split.sent()).isEqualTo(CHOSEN);
                assertThat(split.pipeline().names())
                        .contains(HandlerNames.CONNECT)
                        .doesNotContain(
                                HandlerNames.SOCKS_VERSION,
                                HandlerNames.SOCKS5_GREETING,
                                HandlerNames.SOCKS5_REQUEST,
                                HandlerNames.SOCKS5_HANDSHAKE);
                split.finishAndReleaseAll();
            }
        }
    }

    @Test
    void aRequestIsNotActedUponBeforeItsLastByte() {
        byte[] request = TestClient.socksConnect("db.internal", 5432);
        channel.receive(TestClient.socksGreeting());
        channel.receive(Arrays.copyOf(request, request.length - 1));
        assertThat(channel.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0500", "050102", "0502ff01"})
    void aClientThatInsistsOnAuthenticationIsTurnedAway(String greeting) {
        channel.receive(HexFormat.of().parseHex(greeting));
        assertThat(channel.sent()).isEqualTo(new byte[] {5, (byte) 0xff});
        assertThat(channel.isOpen()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"050102 05010001 0a000001 0050 68656c6c6f", "0500 050100010a0000010050", "06010005010001"})
    void nothingBehindARefusedGreetingIsRead(String messages) {
        channel.receive(HexFormat.of().parseHex(messages.replace(" ", "")));
        assertThat(channel.sent()).isEqualTo(new byte[] {5, (byte) 0xff});
        assertThat(channel.requests()).isEmpty();
        assertThat((Object) channel.readInbound()).isNull();
        assertThat(channel.isOpen()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "050200010a0000010050 68656c6c6f",
                "050100010a0000010000 68656c6c6f",
                "0501000302ff610050 68656c6c6f"
            })
    void nothingBehindARefusedRequestIsRead(String messages) {
        channel.receive(HexFormat.of().parseHex("050100" + messages.replace(" ", "")));
        assertThat(channel.sent()).hasSize(12).startsWith(CHOSEN);
        assertThat(channel.requests()).isEmpty();
        assertThat((Object) channel.readInbound()).isNull();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void theLongestNameIsRead() {
        String name = ("a".repeat(63) + ".").repeat(3) + "a".repeat(61);
        channel.receive(TestClient.socksGreeting());
        channel.receive(TestClient.socksConnect(name + ".", 443));
        assertThat(channel.requests())
                .singleElement()
                .satisfies(request -> assertThat(request.target()).hasToString(name + ":443"));
    }

    @ParameterizedTest
    @CsvSource({
        "0601000101020304, 1",
        "04, 1",
        "05020001010203040050, 7",
        "05090001010203040050, 7",
        "0500, -1",
        "05000001, 7",
        "050200ff, 7",
        "0501000201020304, 8",
        "050100ff, 8",
        "05010003000050, 1",
        "050100030161 0000, 1",
        "05010003 02ff61 0050, 1",
        "05010003 03612f62 0050, 1",
        "05010001010203040000, 1"
    })
    void aBadRequestGetsItsCode(String request, int code) {
        channel.receive(TestClient.socksGreeting());
        channel.sent();
        channel.receive(HexFormat.of().parseHex(request.replace(" ", "")));
        if (code < 0) {
            assertThat(channel.isOpen()).isTrue();
            return;
        }
        assertThat(channel.sent()).isEqualTo(new byte[] {5, (byte) code, 0, 1, 0, 0, 0, 0, 0, 0});
        assertThat(channel.isOpen()).isFalse();
        assertThat(channel.requests()).isEmpty();
    }

    @Test
    void aSlowHandshakeIsClosed() {
        channel.receive(new byte[] {5});
        channel.pipeline().fireUserEventTriggered(HandshakeTimeout.INSTANCE);
        assertThat(channel.isOpen()).isFalse();
        assertThat(channel.sent()).isEmpty();
    }
}
