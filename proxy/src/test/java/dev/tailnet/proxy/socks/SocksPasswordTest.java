package dev.tailnet.proxy.socks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.auth.Credentials;
import dev.tailnet.proxy.connection.HandlerNames;
import dev.tailnet.proxy.connection.HandshakeTimeout;
import dev.tailnet.proxy.connection.Rejection;
import dev.tailnet.proxy.testing.TestChannel;
import dev.tailnet.proxy.testing.TestClient;
import dev.tailnet.proxy.testing.TestUsers;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class SocksPasswordTest {
    private static final byte[] CHOSEN_AND_RIGHT = {5, 2, 1, 0};
    private static final byte[] CHOSEN_AND_WRONG = {5, 2, 1, (byte) 0xff};
    private static final long SEED = 0x72666331393239L;

    private final TestUsers users = new TestUsers();
    private TestChannel channel = open();

    private TestChannel open() {
        var opened = new TestChannel();
        SocksFrontEnd.install(opened.pipeline(), opened.connection(), opened.connector(), opened.datagrams(), users);
        return opened;
    }

    @AfterEach
    void finish() {
        channel.finishAndReleaseAll();
    }

    @Test
    void theRightPasswordLetsTheUserIn() {
        channel.receive(TestClient.socksPassword(TestUsers.USER, TestUsers.PASSWORD));
        assertThat(channel.sent()).isEqualTo(CHOSEN_AND_RIGHT);
        channel.receive(TestClient.socksConnect("db.internal", 5432));
        assertThat(channel.requests()).singleElement().satisfies(request -> {
            assertThat(request.target()).hasToString("db.internal:5432");
            assertThat(request.role()).isEqualTo(TestUsers.USER);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"ci:wrong", "ci:", "nobody:secret", ":secret", ":", "CI:secret", "ci:secret\0"})
    void anyOtherEndsTheConnection(String pair) {
        String[] parts = pair.split(":", 2);
        channel.receive(TestClient.socksPassword(parts[0], parts[1]));
        assertThat(channel.sent()).isEqualTo(CHOSEN_AND_WRONG);
        assertThat(channel.isOpen()).isFalse();
        assertThat(channel.counts().rejected(Rejection.AUTHENTICATION)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"050100", "0500", "05020001", "0502ff80"})
    void aClientThatOffersNoPasswordIsTurnedAway(String greeting) {
        channel.receive(HexFormat.of().parseHex(greeting));
        assertThat(channel.sent()).isEqualTo(new byte[] {5, (byte) 0xff});
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aPasswordIsPreferredToNone() {
        channel.receive(new byte[] {5, 3, 0, 1, 2});
        assertThat(channel.sent()).isEqualTo(new byte[] {5, 2});
    }

    @Test
    void nothingBehindAWrongPasswordIsRead() {
        var all = new ByteArrayOutputStream();
        all.writeBytes(TestClient.socksPassword("ci", "wrong"));
        all.writeBytes(TestClient.socksPassword("ci", "secret"));
        all.writeBytes(TestClient.socksConnect("db.internal", 5432));
        channel.receive(all.toByteArray());
        assertThat(channel.sent()).isEqualTo(CHOSEN_AND_WRONG);
        assertThat(channel.requests()).isEmpty();
        assertThat((Object) channel.readInbound()).isNull();
    }

    @Test
    void everySplitReadsTheSame() {
        var all = new ByteArrayOutputStream();
        all.writeBytes(TestClient.socksPassword("ci", "secret"));
        all.writeBytes(TestClient.socksConnect("db.internal", 5432));
        byte[] bytes = all.toByteArray();
        for (int first = 0; first < bytes.length; first++) {
            for (int second = first; second < bytes.length; second++) {
                channel = open();
                channel.receive(Arrays.copyOfRange(bytes, 0, first));
                channel.receive(Arrays.copyOfRange(bytes, first, second));
                channel.receive(Arrays.copyOfRange(bytes, second, bytes.length));
                assertThat(channel.requests()).hasSize(1);
                assertThat(channel.sent()).isEqualTo(CHOSEN_AND_RIGHT);
                assertThat(channel.pipeline().names())
                        .doesNotContain(
                                HandlerNames.SOCKS5_PASSWORD,
                                HandlerNames.SOCKS5_PASSWORD_DECODER,
                                HandlerNames.SOCKS5_REQUEST,
                                HandlerNames.SOCKS5_HANDSHAKE);
                channel.finishAndReleaseAll();
            }
        }
    }

    @Test
    void whatComesWhileThePasswordIsCheckedWaits() throws Exception {
        var all = new ByteArrayOutputStream();
        all.writeBytes(TestClient.socksPassword(TestUsers.SLOW, "x"));
        all.writeBytes(TestClient.socksConnect("db.internal", 5432));
        channel.receive(all.toByteArray());
        assertThat(channel.config().isAutoRead()).isFalse();
        assertThat(channel.requests()).isEmpty();
        assertThat(channel.sent()).isEqualTo(new byte[] {5, 2});
        users.nextSlow().setSuccess(Optional.of("slow"));
        channel.runPendingTasks();
        assertThat(channel.sent()).isEqualTo(new byte[] {1, 0});
        assertThat(channel.requests())
                .singleElement()
                .satisfies(request -> assertThat(request.role()).isEqualTo("slow"));
    }

    @Test
    void aClientThatLeavesMeanwhileEndsTheCheck() throws Exception {
        channel.receive(TestClient.socksPassword(TestUsers.SLOW, "x"));
        var check = users.nextSlow();
        channel.close();
        assertThat(check.isCancelled()).isTrue();
    }

    @Test
    void aCheckThatTakesTooLongEndsWithTheHandshake() throws Exception {
        channel.receive(TestClient.socksPassword(TestUsers.SLOW, "x"));
        var check = users.nextSlow();
        channel.pipeline().fireUserEventTriggered(HandshakeTimeout.INSTANCE);
        assertThat(channel.isOpen()).isFalse();
        assertThat(check.isCancelled()).isTrue();
    }

    @Test
    void theDecoderSurvivesWhateverComes() {
        var random = new Random(SEED);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[random.nextInt(600)];
            random.nextBytes(bytes);
            if (bytes.length > 0 && random.nextInt(4) > 0) {
                bytes[0] = 1;
            }
            var decoder = new EmbeddedChannel(new PasswordRequestDecoder());
            try {
                for (int from = 0; from < bytes.length; ) {
                    int to = Math.min(bytes.length, from + 1 + random.nextInt(bytes.length));
                    decoder.writeInbound(Unpooled.copiedBuffer(bytes, from, to - from));
                    from = to;
                }
                assertDecoded(bytes, decoder.readInbound());
                decoder.finishAndReleaseAll();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(
                        "seed " + SEED + ", round " + round + ": "
                                + HexFormat.of().formatHex(bytes),
                        e);
            }
        }
    }

    private static void assertDecoded(byte[] bytes, PasswordRequest decoded) {
        if (bytes.length > 0 && bytes[0] != 1) {
            assertThat(decoded.credentials()).isEmpty();
            return;
        }
        int nameEnd = bytes.length < 2 ? Integer.MAX_VALUE : 2 + Byte.toUnsignedInt(bytes[1]);
        if (nameEnd >= bytes.length || nameEnd + 1 + Byte.toUnsignedInt(bytes[nameEnd]) > bytes.length) {
            assertThat(decoded).as("not complete").isNull();
            return;
        }
        byte[] name = Arrays.copyOfRange(bytes, 2, nameEnd);
        byte[] password = Arrays.copyOfRange(bytes, nameEnd + 1, nameEnd + 1 + Byte.toUnsignedInt(bytes[nameEnd]));
        assertThat(decoded.credentials().map(Credentials::user))
                .isEqualTo(Credentials.of(name, password).map(Credentials::user));
        decoded.credentials().ifPresent(read -> assertThat(read.password()).isEqualTo(password));
    }
}
