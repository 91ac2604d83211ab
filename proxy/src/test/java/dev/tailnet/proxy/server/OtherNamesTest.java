package dev.tailnet.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.audit.Decision;
import dev.tailnet.proxy.policy.Policy;
import dev.tailnet.proxy.policy.Verdict;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.Host;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.request.Target;
import dev.tailnet.proxy.testing.TargetServer;
import dev.tailnet.proxy.testing.TestClient;
import dev.tailnet.proxy.testing.TestProxy;
import dev.tailnet.proxy.testing.TestProxy.Options;
import dev.tailnet.proxy.testing.TestRules;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A rule about one name of a peer holds for its other name, by every way in. */
@Timeout(60)
class OtherNamesTest {
    private static final InetAddress PEER = InetAddress.ofLiteral("100.64.0.9");
    private static final int PORT = 5432;

    @Test
    void aDenialHoldsForTheOtherName() throws Exception {
        for (String denied : List.of("db.tailnet.example", "db", ".tailnet.example")) {
            var rules = TestRules.allowByDefault().deny("no db", denied);
            try (var proxy = TestProxy.start(Options.DEFAULT.with(rules.policy()))) {
                proxy.resolver().addPeer("db.tailnet.example", PEER);
                for (String asked : List.of("db", "DB.tailnet.example.")) {
                    for (WaysIn.Way way : WaysIn.BY_NAME) {
                        assertThat(way.isRefused(proxy, asked, PORT))
                                .as("%s, denied is %s", asked, denied)
                                .isTrue();
                        assertThat(proxy.audit().decision().rule()).isEqualTo("no db");
                    }
                }
                assertThat(proxy.tailnet().dialed()).isEmpty();
            }
        }
    }

    /** Allows only peers, by what they are also called: the loopback address of the test's target has rules of its own. */
    private static final Policy BY_THE_OTHER_NAME = new Policy() {
        @Override
        public Verdict onTarget(ConnectRequest request) {
            return Verdict.refused("default", "allowed by no rule");
        }

        @Override
        public boolean mayAllowByAnotherName(ConnectRequest request) {
            return true;
        }

        @Override
        public Verdict onAddress(ConnectRequest request, List<String> alsoCalled, InetAddress address, Route route) {
            return alsoCalled.contains("db.tailnet.example")
                    ? Verdict.allowed()
                    : Verdict.refused("default", "allowed by no rule");
        }
    };

    @Test
    void anAllowanceHoldsForTheOtherName() throws Exception {
        try (var target = TargetServer.echo();
                var proxy = TestProxy.start(Options.DEFAULT.with(BY_THE_OTHER_NAME));
                var client = TestClient.connect(proxy.address()).greet();
                var full = TestClient.connect(proxy.address()).greet()) {
            proxy.resolver().addPeer("db.tailnet.example", InetAddress.getLoopbackAddress());
            client.send(TestClient.socksConnect("db", target.port()));
            assertThat(client.readReply()).isZero();
            full.send(TestClient.socksConnect("db.tailnet.example", target.port()));
            assertThat(full.readReply()).isEqualTo(2);

            assertThat(proxy.connector().endWhatIsDenied()).isZero();
            client.send("x");
            assertThat(client.readText(1)).isEqualTo("x");
        }
    }

    @Test
    void aDenialOfOneNameWinsOverAnAllowanceOfTheOther() throws Exception {
        for (List<String> names : List.of(List.of("db", "db.tailnet.example"), List.of("db.tailnet.example", "db"))) {
            var rules = TestRules.denyByDefault().allow("yes", names.getFirst()).deny("no", names.getLast());
            try (var proxy = TestProxy.start(Options.DEFAULT.with(rules.policy()))) {
                proxy.resolver().addPeer("db.tailnet.example", PEER);
                for (String asked : names) {
                    assertThat(WaysIn.socks5Name(proxy, asked, PORT)).isTrue();
                    assertThat(proxy.audit().decision().rule()).isEqualTo("no");
                }
            }
        }
    }

    /** What may be short for something allowed is asked of the tailnet alone, and refused as it was asked if nothing comes of it. */
    @Test
    void aStrangersNameIsNotLookedUpForThat() throws Exception {
        var rules =
                TestRules.denyByDefault().allow("tailnet", ".tailnet.example").allow("db", "db");
        try (var proxy = TestProxy.start(Options.DEFAULT.with(rules.policy()))) {
            for (String asked : List.of("secret", "secret.example", "db.example")) {
                for (WaysIn.Way way : WaysIn.BY_NAME) {
                    assertThat(way.isRefused(proxy, asked, PORT)).isTrue();
                    Decision decision = proxy.audit().decision();
                    assertThat(decision.rule()).isEqualTo("default");
                    assertThat(decision.failure())
                            .hasMessageContaining("is allowed by no rule")
                            .hasMessageStartingWith(asked);
                }
            }
            assertThat(proxy.resolver().asked()).isEmpty();
        }
    }

    /** As {@code exec} asks for what it was told by the DNS listener. */
    @Test
    void anAddressThatWasToldIsJudgedByAllNamesOfItsHost() throws Exception {
        var rules = TestRules.allowByDefault().deny("no db", "db.tailnet.example");
        try (var proxy = TestProxy.start(Options.DEFAULT.with(rules.policy()))) {
            var request = new ConnectRequest(
                    1,
                    ConnectRequest.Protocol.CLI,
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
                    null,
                    new Target(new Host.Name("db"), PORT),
                    null,
                    PEER,
                    List.of("db.tailnet.example"));
            var loop = proxy.loops().group().next();
            var opening =
                    loop.submit(() -> proxy.connector().open(request, loop)).get();
            assertThat(opening.await().cause()).hasMessageContaining("rule 'no db'");
            assertThat(proxy.tailnet().dialed()).isEmpty();
        }
    }
}
