package dev.tailnet.proxy.socks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.auth.Authenticator;
import dev.tailnet.proxy.connection.HandlerNames;
import dev.tailnet.proxy.connection.HandshakeTimeout;
import dev.tailnet.proxy.connection.Rejection;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.testing.TestChannel;
import dev.tailnet.proxy.testing.TestClient;
import dev.tailnet.proxy.testing.TestUsers;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Socks4Test {
    private static final byte[] REJECTED = {0, 91, 0, 0, 0, 0, 0, 0};

    private TestChannel channel = open(Authenticator.NONE);

    private static TestChannel open(Authenticator authenticator) {
        var channel = new TestChannel();
        SocksFrontEnd.install(
                channel.pipeline(), channel.connection(), channel.connector(), channel.datagrams(), authenticator);
        return channel;
    }

    @AfterEach
    void finish() {
        channel.finishAndReleaseAll();
    }

    @Test
    void readsAnAddress() {
        channel.receive(TestClient.socks4Connect(InetAddress.ofLiteral("10.1.2.3"), 443));
        assertThat(channel.requests()).singleElement().satisfies(request -> {
            assertThat(request.target()).hasToString("10.1.2.3:443");
            assertThat(request.protocol()).isEqualTo(ConnectRequest.Protocol.SOCKS4);
            assertThat(request.role()).isNull();
        });
        assertThat(channel.sent()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"DB.internal., db.internal:5432", "0x7f.1, 127.0.0.1:5432", "[::1], [::1]:5432"})
    void readsANameOfVersion4a(String name, String target) {
        channel.receive(TestClient.socks4Connect(name, 5432));
        assertThat(channel.requests())
                .singleElement()
                .satisfies(request -> assertThat(request.target()).hasToString(target));
    }

    @Test
    void everySplitReadsTheSameAndKeepsWhatComesBehind() {
        byte[] request = TestClient.socks4Connect("db.internal", 5432);
        for (int at = 0; at <= request.length; at++) {
            channel = open(Authenticator.NONE);
            channel.receive(Arrays.copyOf(request, at));
            channel.receive(Arrays.copyOfRange(request, at, request.length));
            assertThat(channel.requests()).hasSize(1);
            assertThat(channel.pipeline().names())
                    .contains(HandlerNames.CONNECT)
                    .doesNotContain(
                            HandlerNames.SOCKS_VERSION, HandlerNames.SOCKS4_REQUEST, HandlerNames.SOCKS4_HANDSHAKE);
            channel.finishAndReleaseAll();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0402 0050 0a000001 00", // BIND
                "0403 0050 0a000001 00",
                "0401 0000 0a000001 00", // port 0
                "0401 0050 00000001 00 612f62 00", // a/b
                "0401 0050 00000001 00 00", // no name
                "0401 0050 00000001 00 2e2e 00"
            })
    void allElseIsRejectedInItsOwnWords(String request) {
        channel.receive(HexFormat.of().parseHex(request.replace(" ", "")));
        assertThat(channel.sent()).isEqualTo(REJECTED);
        assertThat(channel.isOpen()).isFalse();
        assertThat(channel.requests()).isEmpty();
    }

    @Test
    void anEndlessUserIdIsRejected() {
        channel.receive(HexFormat.of().parseHex("040100500a000001"));
        channel.receive("x".repeat(300).getBytes(StandardCharsets.US_ASCII));
        assertThat(channel.sent()).isEqualTo(REJECTED);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void itsUserIdIsNoCredential() {
        channel = open(new TestUsers());
        channel.receive(TestClient.socks4Connect("db.internal", 5432));
        assertThat(channel.sent()).isEqualTo(REJECTED);
        assertThat(channel.requests()).isEmpty();
        assertThat(channel.counts().rejected(Rejection.AUTHENTICATION)).isEqualTo(1);
    }

    @Test
    void aSlowHandshakeIsClosed() {
        channel.receive(new byte[] {4, 1});
        channel.pipeline().fireUserEventTriggered(HandshakeTimeout.INSTANCE);
        assertThat(channel.isOpen()).isFalse();
        assertThat(channel.sent()).isEmpty();
    }
}
