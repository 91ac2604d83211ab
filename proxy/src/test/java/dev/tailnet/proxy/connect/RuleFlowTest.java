package dev.tailnet.proxy.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.audit.Decision;
import dev.tailnet.proxy.policy.LivePolicy;
import dev.tailnet.proxy.policy.rules.Condition;
import dev.tailnet.proxy.policy.rules.Effect;
import dev.tailnet.proxy.policy.rules.PathPrefix;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.request.TunnelEnd;
import dev.tailnet.proxy.testing.Eventually;
import dev.tailnet.proxy.testing.HttpOrigin;
import dev.tailnet.proxy.testing.TargetServer;
import dev.tailnet.proxy.testing.TestClient;
import dev.tailnet.proxy.testing.TestProxy;
import dev.tailnet.proxy.testing.TestProxy.Options;
import dev.tailnet.proxy.testing.TestRules;
import dev.tailnet.proxy.testing.UdpClient;
import dev.tailnet.proxy.testing.UdpEchoServer;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rules of the user on the way of a request, from its name to its address and until its end. */
@Timeout(60)
class RuleFlowTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress OTHER_LOOPBACK = InetAddress.ofLiteral("127.0.0.2");

    @Test
    void aNameThatNoRuleAllowsIsNotLookedUp() throws Exception {
        var rules = TestRules.denyByDefault().allow("api", "api.example.com");
        try (var proxy = TestProxy.start(Options.DEFAULT.with(rules.policy()));
                var client = TestClient.connect(proxy.address()).greet()) {
            client.send(TestClient.socksConnect("www.example.com", 443));
            assertThat(client.readReply()).isEqualTo(2);
            assertThat(proxy.resolver().asked()).isEmpty();
            Decision decision = proxy.audit().decision();
            assertThat(decision.ruling().mode()).isEqualTo("enforce");
            assertThat(decision.rule()).isEqualTo("default");
        }
    }

    @Test
    void theAuditHasTheAddressThatIsDeniedAndTheWayThere() throws Exception {
        var rules = TestRules.allowByDefault().allowLoopback().deny("private part", "127.0.0.2/32");
        try (var proxy = TestProxy.start(Options.DEFAULT.with(rules.policy()));
                var client = TestClient.connect(proxy.address()).greet()) {
            proxy.directByDefault();
            proxy.resolver().add("www.example.com", OTHER_LOOPBACK);
            client.send(TestClient.socksConnect("www.example.com", 443));
            assertThat(client.readReply()).isEqualTo(2);
            Decision decision = proxy.audit().decision();
            assertThat(decision.rule()).isEqualTo("private part");
            assertThat(decision.address()).isEqualTo(OTHER_LOOPBACK);
            assertThat(decision.route()).isEqualTo(Route.DIRECT);
        }
    }

    /** A name that leads elsewhere with the second lookup gets no second lookup. */
    @Test
    void theAddressThatWasJudgedIsTheOneThatIsDialed() throws Exception {
        var rules = TestRules.allowByDefault().allowLoopback().deny("private part", "127.0.0.2/32");
        try (var target = TargetServer.echo();
                var proxy = TestProxy.start(Options.DEFAULT.with(rules.policy()));
                var good = TestClient.connect(proxy.address()).greet();
                var bad = TestClient.connect(proxy.address()).greet()) {
            proxy.resolver().add("rebind.example", LOOPBACK);
            good.send(TestClient.socksConnect("rebind.example", target.port()));
            assertThat(good.readReply()).isZero();
            proxy.resolver().add("rebind.example", OTHER_LOOPBACK);
            good.send("x");
            assertThat(good.readText(1)).isEqualTo("x");
            assertThat(proxy.tailnet().dialed()).containsExactly(target.socketAddress());
            assertThat(proxy.resolver().asked()).containsExactly("rebind.example");

            bad.send(TestClient.socksConnect("rebind.example", target.port()));
            assertThat(bad.readReply()).isEqualTo(2);
            assertThat(proxy.tailnet().dialed()).hasSize(1);
        }
    }

    @Test
    void ofSeveralAddressesOnlyTheAllowedOnesAreDialed() throws Exception {
        var rules = TestRules.allowByDefault().allowLoopback().deny("private part", "127.0.0.2/32");
        try (var target = TargetServer.echo();
                var proxy = TestProxy.start(Options.DEFAULT.with(rules.policy()));
                var client = TestClient.connect(proxy.address()).greet()) {
            proxy.resolver().add("mixed.example", OTHER_LOOPBACK, LOOPBACK);
            client.send(TestClient.socksConnect("mixed.example", target.port()));
            assertThat(client.readReply()).isZero();
            assertThat(proxy.tailnet().dialed()).containsExactly(target.socketAddress());
        }
    }

    @Test
    void methodsAndPathsOfPlainHttpAreJudgedRequestByRequest() throws Exception {
        var uploads = new Condition(
                List.of(), Set.of(), Set.of(), Set.of("POST"), List.of(new PathPrefix("/upload")), Set.of());
        var rules =
                TestRules.allowByDefault().allowLoopback().add("no uploads", Effect.DENY, uploads, "*", "127.0.0.0/8");
        try (var origin = HttpOrigin.says("ok");
                var proxy = TestProxy.start(Options.DEFAULT.with(rules.policy()));
                var client = TestClient.connect(proxy.address())) {
            client.send(origin.get("/upload"));
            client.readHead();
            assertThat(client.readText(2)).isEqualTo("ok");
            client.send("POST http://127.0.0.1:" + origin.address().getPort()
                    + "/upload/x HTTP/1.1\r\nHost: elsewhere.example\r\nContent-Length: 0\r\n\r\n");
            assertThat(client.readAllText())
                    .startsWith("HTTP/1.1 403 Forbidden\r\n")
                    .contains("rule 'no uploads'", "rules.yaml, line 2", "Do not retry");
            assertThat(origin.heads()).hasSize(1);
        }
    }

    /** The target is judged, and what the Host field says instead never arrives. */
    @Test
    void aHostFieldThatDiffersFromTheTargetChangesNothing() throws Exception {
        var rules = TestRules.allowByDefault().allowLoopback().deny("bad", "bad.example");
        try (var origin = HttpOrigin.says("ok");
                var proxy = TestProxy.start(Options.DEFAULT.with(rules.policy()));
                var allowed = TestClient.connect(proxy.address());
                var denied = TestClient.connect(proxy.address())) {
            int port = origin.address().getPort();
            proxy.resolver().add("good.example", LOOPBACK);
            allowed.send("GET http://good.example:" + port + "/ HTTP/1.1\r\nHost: bad.example\r\n\r\n");
            allowed.readHead();
            assertThat(origin.heads().getFirst())
                    .containsIgnoringCase("host: good.example")
                    .doesNotContain("bad.example");

            denied.send("GET http://bad.example:" + port + "/ HTTP/1.1\r\nHost: good.example\r\n\r\n");
            assertThat(denied.readHead()).startsWith("HTTP/1.1 403 ");
            assertThat(origin.heads()).hasSize(1);
        }
    }

    /** As a client does that follows a redirect. */
    @Test
    void aRedirectToMetadataIsARequestLikeAnyOther() throws Exception {
        try (var origin = HttpOrigin.start(request -> {
                    request.respond(
                            "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/\r\nContent-Length: 0\r\n\r\n");
                    return true;
                });
                var proxy = TestProxy.start(Options.DEFAULT.with(
                        TestRules.allowByDefault().allowLoopback().policy()));
                var client = TestClient.connect(proxy.address())) {
            client.send(origin.get("/"));
            assertThat(client.readHead()).contains("Location: http://169.254.169.254/latest/");
            client.send("GET http://169.254.169.254/latest/ HTTP/1.1\r\nHost: 169.254.169.254\r\n\r\n");
            assertThat(client.readAllText()).startsWith("HTTP/1.1 403 ");
            assertThat(proxy.audit().decision().established()).isTrue();
            assertThat(proxy.audit().decision().rule()).isEqualTo("link-local");
        }
    }

    @Test
    void reportingLetsThroughAndTellsTheAudit() throws Exception {
        var rules = TestRules.denyByDefault().report().allowLoopback().deny("ads", "ads.example.com");
        try (var target = TargetServer.echo();
                var proxy = TestProxy.start(Options.DEFAULT.with(rules.policy()));
                var client = TestClient.connect(proxy.address()).greet()) {
            proxy.resolver().add("ads.example.com", LOOPBACK);
            client.send(TestClient.socksConnect("ads.example.com", target.port()));
            assertThat(client.readReply()).isZero();
            Decision decision = proxy.audit().decision();
            assertThat(decision.ruling().mode()).isEqualTo("report");
            assertThat(decision.rule()).isEqualTo("ads");
            assertThat(decision.ruling().wouldDeny()).contains("rule 'ads'");
        }
    }

    @Test
    void whatANewPolicyDeniesIsEndedAndTheRestGoesOn() throws Exception {
        var policy = new LivePolicy(TestRules.allowByDefault().allowLoopback().policy());
        var asked = new CountDownLatch(1);
        var over = new CountDownLatch(1);
        try (var target = TargetServer.echo();
                var udp = new UdpEchoServer();
                var origin = HttpOrigin.start(request -> {
                    asked.countDown();
                    Eventually.reaches(over);
                    return false;
                });
                var proxy = TestProxy.start(Options.DEFAULT.with(policy));
                var denied = TestClient.connect(proxy.address()).greet();
                var allowed = TestClient.connect(proxy.address()).greet();
                var plain = TestClient.connect(proxy.address());
                var datagrams = UdpClient.associate(proxy.address())) {
            for (String name : List.of("denied.example", "allowed.example")) {
                proxy.resolver().add(name, LOOPBACK);
            }
            denied.send(TestClient.socksConnect("denied.example", target.port()));
            assertThat(denied.readReply()).isZero();
            allowed.send(TestClient.socksConnect("allowed.example", target.port()));
            assertThat(allowed.readReply()).isZero();
            plain.send("GET http://denied.example:" + origin.address().getPort() + "/ HTTP/1.1\r\nHost: x\r\n\r\n");
            Eventually.reaches(asked);
            datagrams.send("denied.example", udp.address().getPort(), "ping");
            assertThat(datagrams.receive().text()).isEqualTo("ping");

            policy.replace(TestRules.allowByDefault()
                    .allowLoopback()
                    .deny("new", "denied.example")
                    .policy());
            assertThat(proxy.connector().endWhatIsDenied()).isEqualTo(3);

            assertThat(isBrokenOff(denied)).isTrue();
            assertThat(plain.readAllText())
                    .startsWith("HTTP/1.1 403 ")
                    .contains("the policy has changed", "rule 'new'");
            datagrams.send("denied.example", udp.address().getPort(), "ping");
            assertThat(datagrams.hearsNothing()).isTrue();
            allowed.send("still");
            assertThat(allowed.readText(5)).isEqualTo("still");
            assertThat(List.of(
                            proxy.audit().close(),
                            proxy.audit().close(),
                            proxy.audit().close()))
                    .allSatisfy(close -> {
                        assertThat(close.end().detail()).contains("the policy has changed");
                        assertThat(close.request().target().toString()).startsWith("denied.example");
                    })
                    .anySatisfy(close -> assertThat(close.end().cause()).isEqualTo(TunnelEnd.Cause.CANCELLED));
            over.countDown();
        }
    }

    private static boolean isBrokenOff(TestClient client) {
        try {
            return client.readAll().length == 0;
        } catch (IOException e) {
            return true;
        }
    }

    /**
     * Two policies take turns, each of which allows one of two names to one address. A request that began with one and was
     * judged on by the other would show: as the address alone is allowed by neither.
     */
    @Test
    void underLoadEachConnectionHasOnePolicy() throws Exception {
        var first = TestRules.denyByDefault()
                .allow("one", "one.example")
                .allow("here", "127.0.0.1/32")
                .policy();
        var second = TestRules.denyByDefault()
                .allow("two", "two.example")
                .allow("there", "127.0.0.2/32")
                .policy();
        var policy = new LivePolicy(first);
        var over = new AtomicBoolean();
        try (var target = TargetServer.echo();
                var proxy = TestProxy.start(Options.DEFAULT.with(policy));
                var threads = Executors.newFixedThreadPool(5)) {
            proxy.resolver().add("both.example", LOOPBACK, OTHER_LOOPBACK);
            var switching = threads.submit(() -> {
                for (int i = 0; !over.get(); i++) {
                    policy.replace(i % 2 == 0 ? second : first);
                    Thread.onSpinWait();
                }
            });
            List<Callable<Integer>> clients = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                clients.add(() -> connect(proxy, target.port()));
            }
            int requests = 0;
            for (var done : threads.invokeAll(clients)) {
                requests += done.get();
            }
            over.set(true);
            switching.get();
            for (int i = 0; i < requests; i++) {
                Decision decision = proxy.audit().decision();
                String rule = String.valueOf(decision.rule());
                InetAddress dialed = decision.address();
                assertThat(dialed).as(rule).isEqualTo(rule.equals("here") ? LOOPBACK : OTHER_LOOPBACK);
            }
        }
    }

    private static int connect(TestProxy proxy, int port) throws IOException {
        int requests = 200;
        for (int i = 0; i < requests; i++) {
            try (var client = TestClient.connect(proxy.address()).greet()) {
                client.send(TestClient.socksConnect("both.example", port)).readReply();
            }
        }
        return requests;
    }
}
