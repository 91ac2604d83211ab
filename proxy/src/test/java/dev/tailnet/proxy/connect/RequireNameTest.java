package dev.tailnet.proxy.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.policy.Policy;
import dev.tailnet.proxy.policy.RulePolicy;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.testing.TargetServer;
import dev.tailnet.proxy.testing.TestClient;
import dev.tailnet.proxy.testing.TestHello;
import dev.tailnet.proxy.testing.TestProxy;
import dev.tailnet.proxy.testing.TestProxy.Options;
import dev.tailnet.proxy.testing.TestRules;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A tunnel to an address at port 80 or 443 that has to show whom it means. */
@Timeout(60)
class RequireNameTest {
    private static final int HTTPS = 443;

    /** Anything on this host is port 443 to the policy. */
    private static Policy policy() {
        RulePolicy rules = TestRules.allowByDefault()
                .requireName()
                .allowLoopback()
                .deny("ads", "ads.example.com")
                .policy();
        return new OnOtherPort(rules, HTTPS);
    }

    @Test
    void theFirstBytesReachTheTargetOnceTheNameIsAllowed() throws Exception {
        byte[] hello = TestHello.of("www.example.com");
        try (var target = TargetServer.echo();
                var proxy = TestProxy.start(Options.DEFAULT.with(policy()));
                var client = TestClient.connect(proxy.address()).tunnel(target.socketAddress())) {
            client.send(Arrays.copyOf(hello, 20));
            client.send(Arrays.copyOfRange(hello, 20, hello.length));
            assertThat(client.read(hello.length)).isEqualTo(hello);
            client.send("more");
            assertThat(client.readText(4)).isEqualTo("more");
            assertThat(proxy.audit().decision().established()).isTrue();
        }
    }

    @Test
    void anotherNameIsRefusedInTheWordsOfTls() throws Exception {
        for (byte[] hello : new byte[][] {
            TestHello.of("ads.example.com"),
            TestHello.of("www.example.com", TestHello.ENCRYPTED_CLIENT_HELLO),
            TestHello.of("127.0.0.1"),
            TestHello.withNames("www.example.com", "ads.example.com")
        }) {
            try (var target = TargetServer.echo();
                    var proxy = TestProxy.start(Options.DEFAULT.with(policy()));
                    var client = TestClient.connect(proxy.address()).tunnel(target.socketAddress())) {
                client.send(hello);
                assertThat(client.readAll()).containsExactly(21, 3, 3, 0, 2, 2, 49);
                assertThat(proxy.audit().failure().reason()).isEqualTo(FailureReason.NOT_ALLOWED);
            }
        }
    }

    @Test
    void aHostFieldIsAnsweredInHttp() throws Exception {
        try (var target = TargetServer.echo();
                var proxy = TestProxy.start(Options.DEFAULT.with(policy()));
                var good = TestClient.connect(proxy.address()).tunnel(target.socketAddress());
                var bad = TestClient.connect(proxy.address()).tunnel(target.socketAddress())) {
            String request = "GET / HTTP/1.1\r\nHost: www.example.com\r\n\r\n";
            good.send(request);
            assertThat(good.readText(request.length())).isEqualTo(request);
            bad.send("GET / HTTP/1.1\r\nHost: ads.example.com\r\n\r\n");
            assertThat(bad.readAllText())
                    .startsWith("HTTP/1.1 403 Forbidden\r\n")
                    .contains("rule 'ads'");
        }
    }

    @Test
    void whoShowsNothingIsNotKeptForever() throws Exception {
        try (var target = TargetServer.speaksFirst("220 ready".getBytes(StandardCharsets.US_ASCII));
                var proxy = TestProxy.start(Options.DEFAULT.with(policy()).dialTimeout(Duration.ofMillis(300)));
                var silent = TestClient.connect(proxy.address()).tunnel(target.socketAddress());
                var leaving = TestClient.connect(proxy.address()).tunnel(target.socketAddress())) {
            assertThat(silent.readAll()).isEmpty();
            assertThat(proxy.audit().decision().rule()).isEqualTo("require-name");
            leaving.shutdownOutput();
            assertThat(leaving.readAll()).isEmpty();
        }
    }

    @Test
    void aClientThatLeavesMeanwhileIsNoRefusal() throws Exception {
        try (var target = TargetServer.echo();
                var proxy = TestProxy.start(Options.DEFAULT.with(policy()))) {
            try (var client = TestClient.connect(proxy.address()).tunnel(target.socketAddress())) {
                client.send(Arrays.copyOf(TestHello.of("www.example.com"), 10));
                client.reset();
            }
            assertThat(proxy.audit().failure().reason()).isEqualTo(FailureReason.CANCELLED);
        }
    }
}
