package dev.tailnet.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.testing.HttpOrigin;
import dev.tailnet.proxy.testing.TestChannel;
import dev.tailnet.proxy.testing.TestClient;
import dev.tailnet.proxy.testing.TestProxy;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that two readers could read differently reach no target. */
@Timeout(30)
class RequestRefusalTest {
    private static final String HOST = "Host: a\r\n";

    static Stream<Arguments> heads() {
        return Stream.of(
                refused(
                        "POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
                        "both"),
                refused(
                        "POST http://a/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
                        "both"),
                refused("POST http://a/ HTTP/1.0\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", "only"),
                refused("POST http://a/ HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "only"),
                refused(post("Content-Length: 3\r\nContent-Length: 4\r\n"), "more than one Content-Length"),
                refused(post("Content-Length: 3\r\nContent-Length: 3\r\n"), "more than one Content-Length"),
                refused("POST http://a/ HTTP/1.0\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n", "more than one"),
                refused(post("Content-Length: 3, 4\r\n"), ""),
                refused(post("Content-Length: +3\r\n"), ""),
                refused(post("Content-Length: -3\r\n"), ""),
                refused(post("Content-Length: 0x3\r\n"), ""),
                refused(post("Content-Length: \r\n"), ""),
                refused(post("Content-Length: 99999999999999999999\r\n"), ""),
                refused(post("Transfer-Encoding: gzip, chunked\r\n"), "transfer coding"),
                refused(post("Transfer-Encoding: chunked, identity\r\n"), "last encoding"),
                refused(post("Transfer-Encoding: identity\r\n"), "transfer coding"),
                refused(post("Transfer-Encoding: xchunked\r\n"), "transfer coding"),
                refused(post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), "transfer coding"),
                refused(post("Transfer-Encoding:\r\n chunked\r\n"), ""),
                refused(post("X: a\r\n b\r\n"), "folded"),
                refused(post("X: a\r\n\tContent-Length: 3\r\n"), "folded"),
                refused("GET http://a/ HTTP/1.1\r\n Host: a\r\n\r\n", ""),
                refused(post("Content-Length : 3\r\n"), ""),
                refused(post("X\t: 3\r\n"), ""),
                refused(post("X\0: 3\r\n"), ""),
                refused(post("X: a\0b\r\n"), ""),
                refused(post("X: a\rb\r\n"), ""),
                refused(post("X: a\nContent-Length: 3\r\n"), ""),
                refused(post("X: a\u000bb\r\n"), ""),
                refused(post("X: a\r\n\r"), ""),
                refused("GET http://a/ HTTP/1.1\nHost: a\n\n", ""),
                refused("GET  http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", "one space"),
                refused("GET http://a/  HTTP/1.1\r\nHost: a\r\n\r\n", ""),
                refused("GET\thttp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", ""),
                refused("GET http://a/\rx HTTP/1.1\r\nHost: a\r\n\r\n", ""),
                refused("GET http://a/ HTTP/1.1 \r\nHost: a\r\n\r\n", ""),
                refused("GET http://a/ HTTP/1.1 x\r\nHost: a\r\n\r\n", ""),
                refused("GET http://a/\r\nHost: a\r\n\r\n", ""),
                refused("G(T http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", ""),
                refused("\0GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", ""),
                refused("GET http://a/ HTTP/1.1\r\n\r\n", "one Host"),
                refused("GET http://a/ HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "one Host"),
                refused("GET http://user:pw@a/ HTTP/1.1\r\nHost: a\r\n\r\n", "user name"),
                refused("GET http://a/#x HTTP/1.1\r\nHost: a\r\n\r\n", "fragment"),
                refused("GET http://a/\u00fc HTTP/1.1\r\nHost: a\r\n\r\n", "percent-encode"),
                refused("GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n", "empty"),
                refused("GET http://a:99999/ HTTP/1.1\r\nHost: a\r\n\r\n", "1..65535"),
                refused("GET http://a\\@b/ HTTP/1.1\r\nHost: a\r\n\r\n", "user name"),
                refused("GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", "only http://"),
                refused("GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n", "CONNECT"),
                refused("GET /x HTTP/1.1\r\nHost: a\r\n\r\n", "not a web server"),
                refused("GET a HTTP/1.1\r\nHost: a\r\n\r\n", "not a web server"),
                refused("TRACE http://a/ HTTP/1.1\r\nHost: a\r\nMax-Forwards: x\r\n\r\n", "Max-Forwards"));
    }

    private static Arguments refused(String request, String words) {
        return Arguments.of(request, words);
    }

    private static String post(String fields) {
        return "POST http://a/ HTTP/1.1\r\n" + HOST + fields + "\r\n";
    }

    @ParameterizedTest
    @MethodSource("heads")
    void isAnsweredWith400AndTheEnd(String request, String words) {
        var channel = new TestChannel();
        Fronts.install(channel);
        channel.receive(request + "GET http://smuggled/ HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(channel.sentText())
                .startsWith("HTTP/1.1 400 Bad Request\r\n")
                .contains("\r\nConnection: close\r\n")
                .contains(words)
                .containsOnlyOnce("HTTP/1.1 400 Bad");
        assertThat(channel.requests()).isEmpty();
        assertThat(channel.isOpen()).isFalse();
        channel.finishAndReleaseAll();
    }

    static Stream<String> chunks() {
        return Stream.of(
                "x\r\n",
                "-1\r\n",
                "+1\r\na\r\n",
                " 1\r\na\r\n",
                "1 \r\na\r\n",
                "1 ;x\r\na\r\n",
                "0x1\r\na\r\n",
                "1\na\r\n",
                "1\r\nab\r\n",
                "1\r\na\n",
                "1\r\na0\r\n\r\n",
                "1;a\0\r\na\r\n",
                "1;a\rb\r\na\r\n",
                "fffffffff\r\n",
                "100000000\r\n",
                "\r\n",
                "0\r\nX: a\r\n b\r\n\r\n",
                "0\r\nX : a\r\n\r\n",
                "0\r\nX: a\nY: b\r\n\r\n",
                "0\r\n\n");
    }

    @ParameterizedTest
    @MethodSource("chunks")
    void aBadChunkEndsTheRequest(String chunks) throws Exception {
        try (var proxy = TestProxy.start();
                var origin = HttpOrigin.start(request -> request.respondOk(request.readChunks()));
                var client = TestClient.connect(proxy.address())) {
            client.send("POST " + origin.uri("/") + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + chunks + "GET " + origin.uri("/smuggled") + " HTTP/1.1\r\nHost: a\r\n\r\n");
            client.shutdownOutput();
            assertThat(client.readAllText())
                    .startsWith("HTTP/1.1 400 Bad Request\r\n")
                    .containsOnlyOnce("HTTP/1.1 400 Bad");
            assertThat(origin.heads()).noneMatch(head -> head.contains("smuggled"));
        }
    }

    @Test
    void limitsHaveTheirOwnStatus() {
        var line = new TestChannel();
        Fronts.install(line);
        line.receive("GET http://a/" + "x".repeat(9000) + " HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(line.sentText()).startsWith("HTTP/1.1 414 ");
        line.finishAndReleaseAll();
        var fields = new TestChannel();
        Fronts.install(fields);
        fields.receive("GET http://a/ HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(40_000) + "\r\n\r\n");
        assertThat(fields.sentText()).startsWith("HTTP/1.1 431 ");
        fields.finishAndReleaseAll();
    }
}
