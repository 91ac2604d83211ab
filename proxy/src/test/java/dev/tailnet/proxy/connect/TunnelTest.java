package dev.tailnet.proxy.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailnet.proxy.request.TunnelEnd;
import dev.tailnet.proxy.testing.TargetServer;
import dev.tailnet.proxy.testing.TestClient;
import dev.tailnet.proxy.testing.TestProxy;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a tunnel carries, and how it ends. */
@Timeout(30)
class TunnelTest {
    @Test
    void aServerThatSpeaksFirstIsHeard() throws Exception {
        try (var target = TargetServer.speaksFirst("SSH-2.0-test\r\n".getBytes(StandardCharsets.US_ASCII));
                var proxy = TestProxy.start();
                var client = TestClient.connect(proxy.address()).tunnel(target.socketAddress())) {
            assertThat(client.readText(14)).isEqualTo("SSH-2.0-test\r\n");
        }
    }

    @Test
    void theEndOfTheClientsSideReachesATargetThatAnswersOnlyThen() throws Exception {
        try (var target = TargetServer.answersAtTheEnd();
                var proxy = TestProxy.start();
                var client = TestClient.connect(proxy.address()).tunnel(target.socketAddress())) {
            client.send("question").shutdownOutput();
            assertThat(client.readAllText()).isEqualTo("question");
        }
    }

    @Test
    void aResetOfTheTargetArrivesAsAReset() throws Exception {
        try (var target = TargetServer.resets();
                var proxy = TestProxy.start();
                var client = TestClient.connect(proxy.address()).tunnel(target.socketAddress())) {
            client.send("x");
            assertThatThrownBy(client::readAll).isInstanceOf(SocketException.class);
            assertThat(proxy.audit().close().end().cause()).isEqualTo(TunnelEnd.Cause.RESET);
        }
    }

    @Test
    void manyTunnelsAtOnceKeepTheirBytesApart() throws Exception {
        try (var target = TargetServer.echo();
                var proxy = TestProxy.start()) {
            List<CompletableFuture<Boolean>> clients = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                byte[] data = new byte[20_000];
                new Random(i).nextBytes(data);
                clients.add(CompletableFuture.supplyAsync(() -> {
                    try (var client = TestClient.connect(proxy.address()).tunnel(target.socketAddress())) {
                        client.send(data).shutdownOutput();
                        return Arrays.equals(client.readAll(), data);
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                }));
            }
            assertThat(clients).allMatch(CompletableFuture::join);
            for (int i = 0; i < clients.size(); i++) {
                assertThat(proxy.audit().close().end().cause()).isEqualTo(TunnelEnd.Cause.FINISHED);
            }
            assertThat(proxy.server().counts().live()).isZero();
        }
    }
}
