package dev.tailnet.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.testing.TargetServer;
import dev.tailnet.proxy.testing.TestClient;
import dev.tailnet.proxy.testing.TestProxy;
import dev.tailnet.proxy.testing.TestProxy.Options;
import dev.tailnet.proxy.testing.TestUsers;
import io.netty.handler.codec.socksx.v5.Socks5CommandType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Handshakes that are not: each must end with its protocol's error or a plain close, and disturb nobody. */
@Timeout(60)
class HandshakeFuzzTest {
    private static final long SEED = 0x7461696c6e6574L;
    private static final int ROUNDS = 1_500;
    private static final int HEALTHY_EVERY = 50;
    private static final int MOST_RANDOM_BYTES = 300;
    private static final int MOST_PIECES = 4;
    private static final byte[] SOCKS4_REJECTED = {0, 0x5b, 0, 0, 0, 0, 0, 0};

    private final Random random = new Random(SEED);

    @Test
    void garbageDisturbsNobody() throws Exception {
        var limits = new Limits(Duration.ofSeconds(5), 10_000, 0, 32_768);
        try (var target = TargetServer.echo();
                var proxy = TestProxy.start(Options.DEFAULT.with(limits).dialTimeout(Duration.ofSeconds(2)));
                var healthy = TestClient.connect(proxy.address()).tunnel(target.socketAddress())) {
            // No mutant shall become a tunnel to some real place.
            proxy.routes().put(target.address(), Route.TAILNET);
            proxy.unownedByDefault();
            for (int round = 0; round < ROUNDS; round++) {
                byte[] bytes = next();
                try {
                    assertAnswer(bytes, answerTo(proxy, bytes));
                } catch (IOException | AssertionError e) {
                    if (e instanceof SocketException && !isOfAProtocol(bytes[0])) {
                        // Closed at the first byte, with more on the way: a reset.
                        continue;
                    }
                    throw new AssertionError(
                            "seed " + SEED + ", round " + round + ": "
                                    + HexFormat.of().formatHex(bytes),
                            e);
                }
                if (round % HEALTHY_EVERY == 0) {
                    healthy.send("alive");
                    assertThat(healthy.readText(5)).isEqualTo("alive");
                }
            }
            try (var fresh = TestClient.connect(proxy.address()).tunnel(target.socketAddress())) {
                fresh.send("alive");
                assertThat(fresh.readText(5)).isEqualTo("alive");
            }
            while (proxy.server().counts().handshaking() > 0) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void garbageAndPasswordsDisturbNobody() throws Exception {
        var limits = new Limits(Duration.ofSeconds(5), 10_000, 0, 32_768);
        try (var target = TargetServer.echo();
                var proxy = TestProxy.start(
                        Options.DEFAULT.with(limits).with(new TestUsers()).dialTimeout(Duration.ofSeconds(2)))) {
            proxy.routes().put(target.address(), Route.TAILNET);
            proxy.unownedByDefault();
            for (int round = 0; round < ROUNDS; round++) {
                byte[] bytes = random.nextInt(4) > 0 ? mutated(withPassword()) : next();
                try {
                    assertGuarded(bytes, answerTo(proxy, bytes));
                } catch (IOException | AssertionError e) {
                    if (e instanceof SocketException && !isOfAProtocol(bytes[0])) {
                        continue;
                    }
                    throw new AssertionError(
                            "seed " + SEED + ", round " + round + ": "
                                    + HexFormat.of().formatHex(bytes),
                            e);
                }
            }
            try (var fresh = TestClient.connect(proxy.address())) {
                fresh.send(
                        TestClient.socksPassword(TestUsers.USER, TestUsers.PASSWORD),
                        TestClient.socksConnect(target.address(), target.port()));
                assertThat(fresh.read(4)).containsExactly(5, 2, 1, 0);
                assertThat(fresh.readReply()).isZero();
            }
            while (proxy.server().counts().handshaking() > 0) {
                Thread.onSpinWait();
            }
        }
    }

    private byte[] withPassword() {
        boolean right = random.nextBoolean();
        if (random.nextBoolean()) {
            var bytes = new ByteArrayOutputStream();
            bytes.writeBytes(TestClient.socksPassword(TestUsers.USER, right ? TestUsers.PASSWORD : "wrong"));
            bytes.writeBytes(TestClient.socksConnect("no.such.name", 80));
            return bytes.toByteArray();
        }
        String credentials = right ? "Y2k6c2VjcmV0" : "Y2k6d3Jvbmc=";
        return ("CONNECT no.such.name:443 HTTP/1.1\r\nProxy-Authorization: Basic " + credentials + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static void assertGuarded(byte[] sent, byte[] answer) {
        if (answer.length == 0) {
            return;
        }
        switch (sent[0]) {
            case 4 -> assertThat(answer).isEqualTo(SOCKS4_REJECTED);
            case 5 -> {
                assertThat(answer[0]).isEqualTo((byte) 5);
                assertThat(answer[1]).isIn((byte) 2, (byte) 0xff);
                if (answer.length > 2) {
                    assertThat(answer[2]).isEqualTo((byte) 1);
                    assertThat(answer).hasSizeBetween(4, 14);
                }
                if (answer.length > 4) {
                    assertThat(answer[3]).as("only who is let in gets a reply").isZero();
                    assertThat(answer[5]).isBetween((byte) 1, (byte) 8);
                }
            }
            default ->
                assertThat(new String(answer, StandardCharsets.ISO_8859_1))
                        .matches("(?s)HTTP/1\\.1 (400|404|405|407|408|414|431|501|502|505) .*")
                        .contains("Proxy-Status: tailnet-agent; error=");
        }
    }

    private byte[] next() {
        return switch (random.nextInt(5)) {
            case 0 -> randomBytes();
            case 1 -> mutated(socks());
            case 3 -> mutated(socks4());
            case 2 -> mutated(http());
            default -> truncated(random.nextBoolean() ? socks() : http());
        };
    }

    private byte[] randomBytes() {
        byte[] bytes = new byte[1 + random.nextInt(MOST_RANDOM_BYTES)];
        random.nextBytes(bytes);
        if (random.nextInt(3) == 0) {
            bytes[0] = (byte) (4 + random.nextInt(2));
        }
        return bytes;
    }

    private byte[] socks() {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(TestClient.socksGreeting());
        bytes.writeBytes(
                switch (random.nextInt(3)) {
                    case 0 -> TestClient.socksConnect("no.such.name", 80);
                    case 1 -> TestClient.socksConnect(InetAddress.ofLiteral("198.51.100.7"), 80);
                    default -> TestClient.socksConnect(InetAddress.ofLiteral("2001:db8::7"), 80);
                });
        bytes.writeBytes(new byte[random.nextInt(20)]);
        return bytes.toByteArray();
    }

    private byte[] socks4() {
        return random.nextBoolean()
                ? TestClient.socks4Connect(InetAddress.ofLiteral("198.51.100.7"), 80)
                : TestClient.socks4Connect("no.such.name", 80);
    }

    private byte[] http() {
        return switch (random.nextInt(3)) {
            case 0 -> TestClient.httpConnect("no.such.name:443");
            case 1 ->
                "GET http://no.such.name/ HTTP/1.1\r\nHost: no.such.name\r\nContent-Length: 3\r\n\r\nabc"
                        .getBytes(StandardCharsets.US_ASCII);
            default ->
                "CONNECT 198.51.100.7:443 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII);
        };
    }

    private byte[] mutated(byte[] bytes) {
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(3)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                default -> {
                    var longer = new ByteArrayOutputStream();
                    longer.write(bytes, 0, at);
                    longer.write(bytes, random.nextInt(at + 1), 1);
                    longer.write(bytes, at, bytes.length - at);
                    bytes = longer.toByteArray();
                }
            }
        }
        return bytes;
    }

    private byte[] truncated(byte[] bytes) {
        return Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length));
    }

    /** Sends the bytes in some pieces, ends, and reads what comes. */
    private byte[] answerTo(TestProxy proxy, byte[] bytes) throws IOException {
        try (var client = TestClient.connect(proxy.address())) {
            int from = 0;
            for (int piece = random.nextInt(MOST_PIECES); piece >= 0 && from < bytes.length; piece--) {
                int to = piece == 0 ? bytes.length : from + random.nextInt(bytes.length - from + 1);
                client.send(Arrays.copyOfRange(bytes, from, to));
                from = to;
            }
            client.shutdownOutput();
            return client.readAll();
        }
    }

    private static boolean isOfAProtocol(byte first) {
        return first == 4 || first == 5 || first == '\r' || first == '\n' || (first > ' ' && first < 0x7F);
    }

    private static void assertAnswer(byte[] sent, byte[] answer) {
        if (answer.length == 0) {
            return;
        }
        assertThat(isOfAProtocol(sent[0])).isTrue();
        String text = new String(answer, StandardCharsets.ISO_8859_1);
        switch (sent[0]) {
            case 4 -> assertThat(answer).isEqualTo(SOCKS4_REJECTED);
            case 5 -> assertSocks(sent, answer);
            default ->
                assertThat(text)
                        .matches("(?s)HTTP/1\\.1 (400|405|408|414|431|501|502|505) .*\r\n\r\ntailnet-agent: .*\n")
                        .contains("Proxy-Status: tailnet-agent; error=");
        }
    }

    private static void assertSocks(byte[] sent, byte[] answer) {
        assertThat(answer[0]).isEqualTo((byte) 5);
        if (answer.length == 2) {
            assertThat(answer[1]).isIn((byte) 0, (byte) 0xff);
            return;
        }
        assertThat(answer).hasSize(12);
        // An association stands at once: its targets come with the datagrams.
        assertThat(answer[3]).isBetween((byte) (isAssociation(sent) ? 0 : 1), (byte) 8);
        assertThat(List.of(answer[2], answer[4], answer[5])).containsExactly((byte) 5, (byte) 0, (byte) 1);
    }

    /** The command follows the version, the methods' number and the methods, and a version again. */
    private static boolean isAssociation(byte[] sent) {
        int command = 2 + Byte.toUnsignedInt(sent[1]) + 1;
        return command < sent.length && sent[command] == Socks5CommandType.UDP_ASSOCIATE.byteValue();
    }
}
