package dev.tailnet.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.audit.Decision;
import dev.tailnet.proxy.request.ConnectRequest.Protocol;
import dev.tailnet.proxy.request.TunnelEnd;
import dev.tailnet.proxy.testing.HttpOrigin;
import dev.tailnet.proxy.testing.TestClient;
import dev.tailnet.proxy.testing.TestProxy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes through unchanged, what is changed on the way, and how long connections live. */
@Timeout(30)
class PlainHttpTest {
    private TestProxy proxy;

    @BeforeEach
    void start() throws Exception {
        proxy = TestProxy.start();
    }

    @AfterEach
    void stop() {
        proxy.close();
    }

    private TestClient client() throws IOException {
        return TestClient.connect(proxy.address());
    }

    @Test
    void theRequestIsOfOriginFormAndTheHostTheTargets() throws Exception {
        try (var origin = HttpOrigin.says("hello");
                var client = client()) {
            client.send(origin.get("/a?b=c", "Accept: */*\r\nVia: 1.1 other\r\n"));
            assertThat(client.readHead())
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("\r\nvia: 1.1 tailnet-agent\r\n")
                    .containsIgnoringCase("\r\nContent-Length: 5\r\n")
                    .doesNotContainIgnoringCase("\r\nConnection:");
            assertThat(client.readText(5)).isEqualTo("hello");
            assertThat(origin.heads().getFirst())
                    .startsWith("GET /a?b=c HTTP/1.1\r\n")
                    .containsIgnoringCase("\r\nHost: " + origin.authority() + "\r\n")
                    .contains("\r\nAccept: */*\r\n")
                    .contains("\r\nVia: 1.1 other\r\n")
                    .contains("\r\nvia: 1.1 tailnet-agent\r\n");
        }
    }

    @Test
    void whatWasMeantForTheProxyStaysThere() throws Exception {
        try (var origin = HttpOrigin.start(request -> {
                    request.respond("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nKeep-Alive: timeout=5\r\nX-Hop: 1\r\n"
                            + "Connection: X-Hop, keep-alive\r\nProxy-Authenticate: Basic\r\nX-End: 1\r\n\r\n");
                    return true;
                });
                var client = client()) {
            client.send(origin.get(
                    "/",
                    "Proxy-Connection: keep-alive\r\nProxy-Authorization: Basic eDp5\r\nKeep-Alive: 5\r\nTE: gzip\r\n",
                    "Connection: X-Private ,, close-not\r\nX-Private: secret\r\nX-End: 1\r\n"));
            assertThat(client.readHead())
                    .contains("X-End: 1")
                    .doesNotContainIgnoringCase("X-Hop")
                    .doesNotContainIgnoringCase("keep-alive")
                    .doesNotContainIgnoringCase("proxy-");
            assertThat(origin.heads().getFirst())
                    .contains("X-End: 1")
                    .doesNotContainIgnoringCase("proxy-")
                    .doesNotContainIgnoringCase("keep-alive")
                    .doesNotContainIgnoringCase("private")
                    .doesNotContainIgnoringCase("\r\nTE:")
                    .doesNotContainIgnoringCase("\r\nConnection:");
        }
    }

    @Test
    void connectionThatNamesTheFramingChangesNone() throws Exception {
        try (var origin = HttpOrigin.start(request -> request.respondOk(request.readText(5)));
                var client = client()) {
            client.send("POST " + origin.uri("/") + " HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
                    + "Connection: content-length, host, via\r\n\r\nhello");
            client.readHead();
            assertThat(client.readText(5)).isEqualTo("hello");
            assertThat(origin.heads().getFirst())
                    .containsIgnoringCase("\r\nContent-Length: 5\r\n")
                    .containsIgnoringCase("\r\nHost: " + origin.authority());
        }
    }

    @Test
    void bothConnectionsServeOneRequestAfterAnother() throws Exception {
        try (var origin = HttpOrigin.start(request -> request.respondOk("number " + request.number()))) {
            try (var client = client()) {
                for (int i = 1; i <= 3; i++) {
                    client.send(origin.get("/" + i));
                    client.readHead();
                    assertThat(client.readText(8)).isEqualTo("number " + i);
                    Decision decision = proxy.audit().decision();
                    assertThat(decision.request().protocol()).isEqualTo(Protocol.HTTP);
                    assertThat(decision.dial().isZero()).isEqualTo(i > 1);
                    assertThat(proxy.audit().close().end())
                            .isEqualTo(new TunnelEnd(TunnelEnd.Cause.FINISHED, 0, 8, ""));
                }
            }
            assertThat(origin.connections()).isEqualTo(1);
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws Exception {
        try (var slow = HttpOrigin.says("slow");
                var quick = HttpOrigin.says("quick");
                var client = client()) {
            proxy.readiness().setReady(false);
            client.send(slow.get("/1") + quick.get("/2") + slow.get("/3") + quick.get("/4"));
            var waiting = proxy.readiness().nextWait();
            proxy.readiness().setReady(true);
            waiting.setSuccess(null);
            List<String> bodies = new ArrayList<>();
            for (int length : new int[] {4, 5, 4, 5}) {
                client.readHead();
                bodies.add(client.readText(length));
            }
            assertThat(bodies).containsExactly("slow", "quick", "slow", "quick");
        }
    }

    @Test
    void aPipelinedClientThatHasEndedItsSideGetsAllAnswers() throws Exception {
        try (var origin = HttpOrigin.says("x");
                var client = client()) {
            client.send(origin.get("/1"));
            client.readHead();
            client.readText(1);
            client.send(origin.get("/2") + origin.get("/3")).shutdownOutput();
            assertThat(client.readAllText().split("HTTP/1.1 200 OK", -1)).hasSize(3);
        }
    }

    @Test
    void bodiesAndTrailersPassBothWays() throws Exception {
        try (var origin = HttpOrigin.start(request -> {
                    String body = request.readChunks();
                    assertThat(body).contains("hello").contains("X-Sum: 1");
                    request.respond("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-End\r\n\r\n"
                            + "5;ext=1\r\nthere\r\n0\r\nX-End: 2\r\n\r\n");
                    return true;
                });
                var client = client()) {
            client.send("POST " + origin.uri("/") + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
                    + "TE: trailers\r\nTrailer: X-Sum\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\nContent-Length: 3\r\n\r\n");
            assertThat(client.readHead()).containsIgnoringCase("transfer-encoding: chunked");
            assertThat(client.readText(25)).isEqualTo("5\r\nthere\r\n0\r\nX-End: 2\r\n\r\n");
        }
    }

    @Test
    void continueIsTheTargetsToSay() throws Exception {
        try (var origin = HttpOrigin.start(request -> {
                    assertThat(request.field("Expect")).isEqualTo("100-continue");
                    request.respond("HTTP/1.1 100 Continue\r\n\r\n");
                    return request.respondOk(request.readText(4));
                });
                var client = client()) {
            client.send("PUT " + origin.uri("/") + " HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
                    + "Expect: 100-continue\r\n\r\n");
            assertThat(client.readHead()).startsWith("HTTP/1.1 100 Continue\r\n");
            client.send("data");
            assertThat(client.readHead()).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(client.readText(4)).isEqualTo("data");
        }
    }

    @Test
    void aRefusedExpectationEndsTheConnectionAndNotTheAnswer() throws Exception {
        try (var origin = HttpOrigin.start(request -> {
                    request.respond("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 2\r\n\r\nno");
                    return false;
                });
                var client = client()) {
            client.send("PUT " + origin.uri("/") + " HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
                    + "Expect: 100-continue\r\n\r\n");
            assertThat(client.readHead()).startsWith("HTTP/1.1 417").containsIgnoringCase("connection: close");
            assertThat(client.readAllText()).isEqualTo("no");
        }
    }

    @Test
    void anEarlyAnswerReachesAClientThatStillSends() throws Exception {
        try (var origin = HttpOrigin.start(request -> {
                    request.respond("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
                    return false;
                });
                var client = client()) {
            client.send("POST " + origin.uri("/") + " HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n");
            client.send(new byte[100_000]);
            assertThat(client.readAllText()).startsWith("HTTP/1.1 413").endsWith("big");
        }
    }

    @Test
    void interimResponsesPassButNotToHttp10() throws Exception {
        try (var origin = HttpOrigin.start(request -> {
            request.respond("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
            return request.respondOk("x");
        })) {
            try (var client = client()) {
                client.send(origin.get("/"));
                assertThat(client.readHead()).startsWith("HTTP/1.1 103").contains("Link: </a>");
                assertThat(client.readHead()).startsWith("HTTP/1.1 200");
            }
            try (var client = client()) {
                client.send("GET " + origin.uri("/") + " HTTP/1.0\r\n\r\n");
                assertThat(client.readAllText()).startsWith("HTTP/1.1 200").endsWith("x");
            }
        }
    }

    @Test
    void http10ClientsAreServedAsTheyExpect() throws Exception {
        try (var origin = HttpOrigin.start(request -> {
            assertThat(request.head()).startsWith("GET / HTTP/1.1\r\n").contains("via: 1.0 tailnet-agent");
            request.respond("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
            return true;
        })) {
            try (var client = client()) {
                client.send("GET " + origin.uri("/") + " HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
                assertThat(client.readHead())
                        .startsWith("HTTP/1.1 200 OK\r\n")
                        .doesNotContainIgnoringCase("transfer-encoding")
                        .containsIgnoringCase("connection: close");
                assertThat(client.readAllText()).isEqualTo("abc");
            }
        }
    }

    @Test
    void http10ClientsMayKeepTheirConnection() throws Exception {
        try (var origin = HttpOrigin.says("abc");
                var client = client()) {
            for (int i = 0; i < 2; i++) {
                client.send("GET " + origin.uri("/") + " HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
                assertThat(client.readHead()).containsIgnoringCase("connection: keep-alive");
                assertThat(client.readText(3)).isEqualTo("abc");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 204 No Content\r\n\r\n",
                "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nETag: x\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
            })
    void responsesWithoutABodyLeaveTheConnectionOpen(String response) throws Exception {
        try (var origin = HttpOrigin.start(request -> {
                    request.respond(response);
                    return true;
                });
                var client = client()) {
            for (int i = 0; i < 2; i++) {
                client.send(origin.get("/"));
                assertThat(client.readHead()).startsWith(response.substring(0, 12));
            }
            assertThat(origin.connections()).isEqualTo(1);
        }
    }

    @Test
    void headHasTheLengthAndNoBody() throws Exception {
        try (var origin = HttpOrigin.start(request -> {
                    request.respond("HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n");
                    return true;
                });
                var client = client()) {
            for (int i = 0; i < 2; i++) {
                client.send("HEAD " + origin.uri("/") + " HTTP/1.1\r\nHost: x\r\n\r\n");
                assertThat(client.readHead()).containsIgnoringCase("content-length: 12345");
            }
            assertThat(origin.connections()).isEqualTo(1);
        }
    }

    @Test
    void aBodyThatEndsWithItsConnectionBecomesChunks() throws Exception {
        try (var origin = HttpOrigin.start(request -> {
                    request.respond("HTTP/1.0 200 OK\r\n\r\nall of it");
                    return false;
                });
                var client = client()) {
            for (int i = 0; i < 2; i++) {
                client.send(origin.get("/"));
                assertThat(client.readHead())
                        .startsWith("HTTP/1.1 200 OK\r\n")
                        .contains("via: 1.0 tailnet-agent")
                        .containsIgnoringCase("transfer-encoding: chunked");
                assertThat(client.readText(19)).isEqualTo("9\r\nall of it\r\n0\r\n\r\n");
            }
        }
    }

    @Test
    void aTunnelMayFollowARequest() throws Exception {
        try (var origin = HttpOrigin.says("x");
                var client = client()) {
            client.send(origin.get("/"));
            client.readHead();
            client.readText(1);
            client.send(TestClient.httpConnect(origin.authority()));
            assertThat(client.readHead()).startsWith("HTTP/1.1 200 Connection established");
            client.send("GET / HTTP/1.1\r\n\r\n");
            assertThat(client.readHead()).startsWith("HTTP/1.1 200 OK");
        }
    }

    @Test
    void aPipelinedTunnelFollowsTheAnswer() throws Exception {
        try (var origin = HttpOrigin.says("x");
                var client = client()) {
            client.send(origin.get("/")).send(TestClient.httpConnect(origin.authority()));
            client.readHead();
            client.readText(1);
            assertThat(client.readHead()).startsWith("HTTP/1.1 200 Connection established");
        }
    }

    @Test
    void optionsOfAServerAsAWholeGoesOnAsAsterisk() throws Exception {
        try (var origin = HttpOrigin.says("");
                var client = client()) {
            client.send("OPTIONS http://" + origin.authority() + " HTTP/1.1\r\nHost: x\r\nMax-Forwards: 1\r\n\r\n");
            client.readHead();
            assertThat(origin.heads().getFirst())
                    .startsWith("OPTIONS * HTTP/1.1\r\n")
                    .containsIgnoringCase("max-forwards: 0");
        }
    }

    @Test
    void traceAndOptionsEndWhereTheirForwardsDo() throws Exception {
        try (var origin = HttpOrigin.says("");
                var trace = client();
                var options = client();
                var own = client()) {
            trace.send("TRACE " + origin.uri("/") + " HTTP/1.1\r\nHost: x\r\nMax-Forwards: 0\r\nX: 1\r\n"
                    + "Authorization: secret\r\n\r\n");
            assertThat(trace.readAllText())
                    .startsWith("HTTP/1.1 200 OK\r\nContent-Type: message/http\r\n")
                    .contains("\r\n\r\nTRACE " + origin.uri("/") + " HTTP/1.1\r\n")
                    .contains("X: 1\r\n")
                    .doesNotContain("secret");
            options.send("OPTIONS " + origin.uri("/") + " HTTP/1.1\r\nHost: x\r\nMax-Forwards: 0\r\n\r\n");
            assertThat(options.readAllText()).startsWith("HTTP/1.1 200 OK\r\nAllow: CONNECT");
            own.send("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(own.readAllText()).startsWith("HTTP/1.1 200 OK\r\nAllow: CONNECT");
            assertThat(origin.heads()).isEmpty();
        }
    }
}
