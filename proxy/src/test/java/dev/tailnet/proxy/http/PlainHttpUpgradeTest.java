package dev.tailnet.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.request.TunnelEnd;
import dev.tailnet.proxy.testing.HttpOrigin;
import dev.tailnet.proxy.testing.TestClient;
import dev.tailnet.proxy.testing.TestProxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Plain HTTP that becomes another protocol. */
@Timeout(30)
class PlainHttpUpgradeTest {
    @Test
    void anUpgradeBecomesATunnel() throws Exception {
        try (var proxy = TestProxy.start();
                var origin = HttpOrigin.start(request -> {
                    assertThat(request.field("Upgrade")).isEqualTo("echo");
                    assertThat(request.field("Connection")).isEqualToIgnoringCase("upgrade");
                    request.respond(
                            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nfirst");
                    request.in().transferTo(request.out());
                    return false;
                });
                var client = TestClient.connect(proxy.address())) {
            client.send("GET " + origin.uri("/") + " HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\n"
                    + "Upgrade: echo\r\n\r\nearly ");
            assertThat(client.readHead())
                    .startsWith("HTTP/1.1 101 Switching Protocols\r\n")
                    .containsIgnoringCase("\r\nUpgrade: echo\r\n")
                    .containsIgnoringCase("\r\nConnection: upgrade\r\n");
            assertThat(client.readText(11)).isEqualTo("firstearly ");
            assertThat(proxy.server().counts().tunnels()).isEqualTo(1);
            client.send("late").shutdownOutput();
            assertThat(client.readAllText()).isEqualTo("late");
            TunnelEnd end = proxy.audit().close().end();
            assertThat(end).isEqualTo(new TunnelEnd(TunnelEnd.Cause.FINISHED, 10, 10, ""));
        }
    }

    @Test
    void anUpgradeThatTheTargetDeclinesIsAResponseLikeOthers() throws Exception {
        try (var proxy = TestProxy.start();
                var origin = HttpOrigin.says("no");
                var client = TestClient.connect(proxy.address())) {
            for (int i = 0; i < 2; i++) {
                client.send("GET " + origin.uri("/") + " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
                        + "Upgrade: websocket\r\n\r\n");
                assertThat(client.readHead()).startsWith("HTTP/1.1 200 OK\r\n");
                assertThat(client.readText(2)).isEqualTo("no");
            }
        }
    }
}
