package dev.tailnet.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailnet.proxy.forward.ForwardSpec;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.FailureReason;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.HostSyntax;
import dev.tailnet.proxy.request.Target;
import dev.tailnet.proxy.testing.TargetServer;
import dev.tailnet.proxy.testing.TestClient;
import dev.tailnet.proxy.testing.TestProxy;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ForwardsTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress ANY = InetAddress.ofLiteral("0.0.0.0");

    private TestProxy proxy;
    private Forwards forwards;

    @BeforeEach
    void start() throws Exception {
        proxy = TestProxy.start();
        forwards = proxy.server().forwards();
        proxy.resolver().add("db", LOOPBACK);
    }

    @AfterEach
    void stop() {
        proxy.close();
    }

    private static ForwardSpec forward(InetAddress address, int port, String host, int targetPort) throws Exception {
        return new ForwardSpec(
                ForwardSpec.Protocol.TCP,
                new InetSocketAddress(address, port),
                new Target(HostSyntax.parse(host), targetPort));
    }

    private static ForwardSpec forward(int port, String host, int targetPort) throws Exception {
        return forward(LOOPBACK, port, host, targetPort);
    }

    private FailureReason failure() {
        return proxy.audit().failure().reason();
    }

    private TestClient connect() throws IOException {
        return TestClient.connect(forwards.open().getFirst().listen());
    }

    private static TargetServer speaksFirst(String greeting) {
        return TargetServer.speaksFirst(greeting.getBytes(StandardCharsets.US_ASCII));
    }

    private static int freePort() throws IOException {
        try (var probe = new ServerSocket(0, 1, LOOPBACK)) {
            return probe.getLocalPort();
        }
    }

    @Test
    void carriesBytesToATargetWhoseNameItLooksUpEachTime() throws Exception {
        try (var target = TargetServer.echo()) {
            forwards.apply(List.of(forward(0, "db", target.port())));
            for (int i = 1; i <= 2; i++) {
                try (var client = connect()) {
                    client.send("hello").shutdownOutput();
                    assertThat(client.readAllText()).isEqualTo("hello");
                }
                assertThat(proxy.resolver().asked()).hasSize(i);
                var request = proxy.audit().decision().request();
                assertThat(request.protocol()).isEqualTo(ConnectRequest.Protocol.FORWARD);
                assertThat(request.target()).isEqualTo(new Target(new Host.Name("db"), target.port()));
            }
        }
    }

    @Test
    void letsTheTargetSpeakFirst() throws Exception {
        try (var target = speaksFirst("220 ready")) {
            forwards.apply(List.of(forward(0, "db", target.port())));
            try (var client = connect()) {
                assertThat(client.readText(9)).isEqualTo("220 ready");
            }
        }
    }

    @Test
    void resetsAClientWhoseTargetCannotBeHad() throws Exception {
        forwards.apply(List.of(forward(0, "db", freePort()), forward(0, "nowhere", 1)));
        for (var forward : forwards.open()) {
            assertThatThrownBy(() -> {
                        try (var client = TestClient.connect(forward.listen())) {
                            client.readAll();
                        }
                    })
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
        assertThat(List.of(failure(), failure()))
                .containsExactly(FailureReason.CONNECTION_REFUSED, FailureReason.NAME_NOT_FOUND);
    }

    @Test
    void waitsForTheNodeAndNoticesThatTheClientHasLeft() throws Exception {
        proxy.readiness().setReady(false);
        forwards.apply(List.of(forward(0, "db", 1)));
        var client = connect();
        var wait = proxy.readiness().nextWait();
        client.close();
        assertThat(failure()).isEqualTo(FailureReason.CANCELLED);
        assertThat(wait.isCancelled()).isTrue();
    }

    @Test
    void whatTheClientSaysMeanwhileIsKept() throws Exception {
        proxy.readiness().setReady(false);
        try (var target = TargetServer.echo()) {
            forwards.apply(List.of(forward(0, "db", target.port())));
            try (var client = connect().send("early").shutdownOutput()) {
                proxy.readiness().nextWait().setSuccess(null);
                assertThat(client.readAllText()).isEqualTo("early");
            }
        }
    }

    @Test
    void anUnchangedForwardKeepsItsListenerAndANewTargetIsForTheNextConnection() throws Exception {
        int port = freePort();
        try (var one = speaksFirst("1");
                var two = speaksFirst("2")) {
            forwards.apply(List.of(forward(port, "db", one.port()), forward(0, "db", one.port())));
            var before = forwards.open();
            try (var first = connect()) {
                assertThat(first.readText(1)).isEqualTo("1");
                forwards.apply(List.of(forward(0, "db", one.port()), forward(port, "db", two.port())));
                assertThat(forwards.open()).containsExactly(before.get(1), forward(port, "db", two.port()));
                try (var second = TestClient.connect(new InetSocketAddress(LOOPBACK, port))) {
                    assertThat(second.readText(1)).isEqualTo("2");
                }
                first.shutdownOutput();
                assertThat(first.readAllText()).isEmpty();
            }
        }
    }

    @Test
    void aRemovedForwardStopsAcceptingAndItsConnectionsGoOn() throws Exception {
        try (var target = TargetServer.echo()) {
            forwards.apply(List.of(forward(0, "db", target.port())));
            var address = forwards.open().getFirst().listen();
            try (var client = connect().send("a")) {
                assertThat(client.readText(1)).isEqualTo("a");
                forwards.apply(List.of());
                assertThat(forwards.open()).isEmpty();
                assertThatThrownBy(() -> TestClient.connect(address)).isInstanceOf(ConnectException.class);
                client.send("b");
                assertThat(client.readText(1)).isEqualTo("b");
            }
        }
    }

    @Test
    void allOrNothingOpens() throws Exception {
        int kept = freePort();
        int free = freePort();
        forwards.apply(List.of(forward(kept, "db", 1)));
        try (var taken = new ServerSocket(0, 1, LOOPBACK)) {
            var wanted =
                    List.of(forward(kept, "db", 2), forward(free, "db", 3), forward(taken.getLocalPort(), "db", 4));
            assertThatThrownBy(() -> forwards.apply(wanted))
                    .isInstanceOf(BindFailure.class)
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort());
        }
        assertThat(forwards.open()).containsExactly(forward(kept, "db", 1));
        new ServerSocket(free, 1, LOOPBACK).close();
    }

    @Test
    void anAddressIsWidenedAndNarrowed() throws Exception {
        int port = freePort();
        for (var address : new InetAddress[] {LOOPBACK, ANY, LOOPBACK}) {
            forwards.apply(List.of(forward(address, port, "db", 1)));
            assertThat(forwards.open()).containsExactly(forward(address, port, "db", 1));
        }
        try (var taken = new ServerSocket(0, 1, LOOPBACK)) {
            var wanted = List.of(forward(ANY, port, "db", 1), forward(taken.getLocalPort(), "db", 1));
            assertThatThrownBy(() -> forwards.apply(wanted)).isInstanceOf(BindFailure.class);
        }
        assertThat(forwards.open()).containsExactly(forward(LOOPBACK, port, "db", 1));
        proxy.readiness().setReady(false);
        TestClient.connect(new InetSocketAddress(LOOPBACK, port)).close();
    }

    @Test
    void aServerThatStopsAcceptingClosesAndOpensNone() throws Exception {
        forwards.apply(List.of(forward(0, "db", 1)));
        var address = forwards.open().getFirst().listen();
        proxy.server().stopAccepting().sync();
        assertThatThrownBy(() -> TestClient.connect(address)).isInstanceOf(ConnectException.class);
        forwards.apply(List.of(forward(address.getPort(), "db", 1)));
        assertThatThrownBy(() -> TestClient.connect(address)).isInstanceOf(ConnectException.class);
    }
}
