package dev.tailnet.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.policy.Policy;
import dev.tailnet.proxy.policy.Verdict;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.Route;
import dev.tailnet.proxy.testing.Eventually;
import dev.tailnet.proxy.testing.HttpOrigin;
import dev.tailnet.proxy.testing.TestClient;
import dev.tailnet.proxy.testing.TestProxy;
import dev.tailnet.proxy.testing.TestProxy.Options;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An open connection serves a request only where a new one would. */
@Timeout(30)
class PlainHttpReuseTest {
    @Test
    void everyRequestIsJudgedAlsoOnAnOpenConnection() throws Exception {
        var open = new AtomicBoolean(true);
        Policy policy = new Policy() {
            @Override
            public Verdict onTarget(ConnectRequest request) {
                return open.get() ? Verdict.allowed() : Verdict.refused("shut", "closed for today");
            }

            @Override
            public Verdict onAddress(
                    ConnectRequest request, List<String> alsoCalled, InetAddress address, Route route) {
                return Verdict.allowed();
            }
        };
        try (var proxy = TestProxy.start(Options.DEFAULT.with(policy));
                var origin = HttpOrigin.says("x");
                var client = TestClient.connect(proxy.address())) {
            client.send(origin.get("/"));
            client.readHead();
            client.readText(1);
            proxy.audit().decision();
            open.set(false);
            client.send(origin.get("/"));
            assertThat(client.readAllText())
                    .startsWith("HTTP/1.1 403 Forbidden\r\n")
                    .contains("closed for today");
            assertThat(origin.heads()).hasSize(1);
            assertThat(proxy.audit().decision().rule()).isEqualTo("shut");
        }
    }

    @Test
    void aChangedRouteIsNotMadeUpForByAnOldConnection() throws Exception {
        try (var proxy = TestProxy.start();
                var origin = HttpOrigin.says("x");
                var client = TestClient.connect(proxy.address())) {
            for (Route route : new Route[] {Route.TAILNET, Route.DIRECT}) {
                proxy.routes().put(origin.address().getAddress(), route);
                client.send(origin.get("/"));
                client.readHead();
                client.readText(1);
                assertThat(proxy.audit().decision().route()).isEqualTo(route);
            }
            assertThat(proxy.tailnet().dialed()).hasSize(1);
            assertThat(proxy.direct().dialed()).hasSize(1);
        }
    }

    @Test
    void aDrainEndsWhatIsIdleAtOnceAndTheRestAfterItsResponse() throws Exception {
        var asked = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        try (var proxy = TestProxy.start();
                var origin = HttpOrigin.start(request -> {
                    if (request.head().startsWith("GET /slow")) {
                        asked.countDown();
                        Eventually.reaches(go);
                    }
                    return request.respondOk("x");
                });
                var idle = TestClient.connect(proxy.address());
                var busy = TestClient.connect(proxy.address())) {
            idle.send(origin.get("/"));
            idle.readHead();
            idle.readText(1);
            busy.send(origin.get("/slow"));
            asked.await();
            var drained = proxy.server().drain(Duration.ofSeconds(20));
            assertThat(idle.readAll()).isEmpty();
            go.countDown();
            assertThat(busy.readHead()).containsIgnoringCase("connection: close");
            assertThat(busy.readAllText()).isEqualTo("x");
            busy.close();
            assertThat(drained.sync().getNow()).isZero();
        }
    }
}
