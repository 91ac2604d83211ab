package dev.tailnet.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.auth.Authenticator;
import dev.tailnet.proxy.connection.HandlerNames;
import dev.tailnet.proxy.connection.HandshakeTimeout;
import dev.tailnet.proxy.http.HttpFrontEnd;
import dev.tailnet.proxy.http.HttpLimits;
import dev.tailnet.proxy.testing.TestChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProtocolDetectorTest {
    private final TestChannel channel = new TestChannel();

    @BeforeEach
    void install() {
        channel.pipeline()
                .addLast(
                        HandlerNames.PROTOCOL_DETECTOR,
                        new ProtocolDetector(
                                channel.connection(),
                                new ClientPipeline(
                                        ListenerSpec.Kind.MIXED,
                                        channel.connector(),
                                        channel.datagrams(),
                                        Authenticator.NONE,
                                        new HttpFrontEnd(channel.connector(), Authenticator.NONE, HttpLimits.DEFAULT),
                                        () -> Limits.DEFAULT)));
    }

    @AfterEach
    void finish() {
        channel.finishAndReleaseAll();
    }

    @Test
    void five() {
        channel.receive(new byte[] {5});
        assertThat(channel.pipeline().names()).contains(HandlerNames.SOCKS5_GREETING);
        assertThat(channel.pipeline().get(HandlerNames.PROTOCOL_DETECTOR)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "G", "p", "\r", "!"})
    void text(String first) {
        channel.receive(first);
        assertThat(channel.pipeline().names())
                .contains(HandlerNames.HTTP_REQUEST)
                .doesNotContain(HandlerNames.PROTOCOL_DETECTOR);
    }

    @Test
    void whatTheFirstPieceHoldsReachesTheProtocol() {
        channel.receive("CONNECT db:1 HTTP/1.1\r\n\r\n");
        assertThat(channel.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x01, 0x06, 0x16, 0x20, 0x7f, 0x80, 0xff})
    void otherBytesCloseTheConnection(int first) {
        channel.receive(new byte[] {(byte) first, 3, 1});
        assertThat(channel.isOpen()).isFalse();
        assertThat(channel.sent()).isEmpty();
    }

    @Test
    void nothingAtAllIsClosedInTheEnd() {
        channel.receive("");
        assertThat(channel.isOpen()).isTrue();
        channel.pipeline().fireUserEventTriggered(HandshakeTimeout.INSTANCE);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aClientThatEndsWithoutAWordIsClosed() {
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        assertThat(channel.isOpen()).isFalse();
    }
}
