package dev.tailnet.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.connection.HandlerNames;
import dev.tailnet.proxy.connection.HandshakeTimeout;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.testing.TestChannel;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpFrontEndTest {
    private final TestChannel channel = new TestChannel();

    @BeforeEach
    void install() {
        Fronts.install(channel);
    }

    @AfterEach
    void finish() {
        channel.finishAndReleaseAll();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CONNECT db.internal:5432 HTTP/1.1\r\nHost: db.internal:5432\r\n\r\n",
                "CONNECT DB.internal.:5432 HTTP/1.1\r\nHost: other\r\nProxy-Connection: keep-alive\r\n\r\n",
                "CONNECT db.internal:5432 HTTP/1.0\r\n\r\n",
                "CONNECT db.internal:5432 HTTP/1.1\r\n\r\n",
                "\r\nCONNECT db.internal:5432 HTTP/1.1\r\n\r\n"
            })
    void readsConnect(String request) {
        channel.receive(request);
        assertThat(channel.requests()).singleElement().satisfies(read -> {
            assertThat(read.target()).hasToString("db.internal:5432");
            assertThat(read.protocol()).isEqualTo(ConnectRequest.Protocol.HTTP_CONNECT);
        });
        assertThat(channel.sent()).isEmpty();
        assertThat(channel.pipeline().names())
                .contains(HandlerNames.CONNECT)
                .doesNotContain(HandlerNames.HTTP_DECODER, HandlerNames.HTTP_AUTHENTICATION, HandlerNames.HTTP_REQUEST);
    }

    @Test
    void everySplitReadsTheSame() {
        String request = "CONNECT [::1]:22 HTTP/1.1\r\nHost: [::1]:22\r\nUser-Agent: x\r\n\r\n";
        for (int at = 0; at <= request.length(); at++) {
            var split = new TestChannel();
            Fronts.install(split);
            split.receive(request.substring(0, at));
            split.receive(request.substring(at));
            assertThat(split.requests())
                    .singleElement()
                    .satisfies(read -> assertThat(read.target()).hasToString("[::1]:22"));
            split.finishAndReleaseAll();
        }
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of("CONNECT a:1 HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 400, "no content"),
                Arguments.of("CONNECT a:1 HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello", 400, "no content"),
                Arguments.of("CONNECT a:1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "no content"),
                Arguments.of("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\nHost: b:1\r\n\r\n", 400, "more than one Host"),
                Arguments.of("CONNECT a HTTP/1.1\r\n\r\n", 400, "host:port"),
                Arguments.of("CONNECT a:0 HTTP/1.1\r\n\r\n", 400, "1..65535"),
                Arguments.of("CONNECT http://a:1/ HTTP/1.1\r\n\r\n", 400, "host:port"),
                Arguments.of("CONNECT /a:1 HTTP/1.1\r\n\r\n", 400, "character"),
                Arguments.of("CONNECT a:1 HTTP/1.1\r\nBad Name: x\r\n\r\n", 400, "no HTTP request"),
                Arguments.of("CONNECT a:1 HTTP/1.1\r\n: x\r\n\r\n", 400, "no HTTP request"),
                Arguments.of("hello\r\n\r\n", 400, "no HTTP request"),
                Arguments.of("CONNECT a:1 HTTP/2.0\r\n\r\n", 505, "HTTP/1.1"),
                Arguments.of("GET / HTTP/1.1\r\nHost: 127.0.0.1:1055\r\n\r\n", 400, "not a web server"),
                Arguments.of("GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400, "CONNECT"),
                Arguments.of("GET /" + "x".repeat(20_000) + " HTTP/1.1\r\n\r\n", 414, "too long"),
                Arguments.of("CONNECT a:1 HTTP/1.1\r\nX: " + "x".repeat(70_000) + "\r\n\r\n", 431, "too large"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void allElseIsAnsweredWithAReason(String request, int status, String words) {
        channel.receive(request);
        String answer = channel.sentText();
        assertThat(answer).startsWith("HTTP/1.1 " + status + " ").contains(words);
        int body = answer.indexOf("\r\n\r\n") + 4;
        assertThat(answer.substring(0, body))
                .contains("\r\nProxy-Status: tailnet-agent; error=http_request_")
                .contains("\r\nContent-Length: " + (answer.length() - body) + "\r\n")
                .contains("\r\nConnection: close\r\n");
        assertThat(answer.substring(body)).startsWith("tailnet-agent: ").endsWith("\n");
        assertThat(answer).containsOnlyOnce("HTTP/1.1 " + status);
        assertThat(channel.requests()).isEmpty();
        assertThat(channel.isOpen()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HEAD / HTTP/1.1\r\nHost: 127.0.0.1:1055\r\n\r\n",
                "HEAD https://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
                "HEAD http://a/ HTTP/1.1\r\nBad Name: x\r\n\r\n"
            })
    void theAnswerToHeadHasNoBody(String request) {
        channel.receive(request);
        assertThat(channel.sentText())
                .startsWith("HTTP/1.1 ")
                .containsPattern("\r\nContent-Length: [1-9][0-9]+\r\n")
                .endsWith("\r\nConnection: close\r\n\r\n")
                .containsOnlyOnce("\r\n\r\n");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aSlowRequestGets408() {
        channel.receive("CONNECT db");
        channel.pipeline().fireUserEventTriggered(HandshakeTimeout.INSTANCE);
        assertThat(channel.sentText()).startsWith("HTTP/1.1 408 Request Timeout\r\n");
        assertThat(channel.isOpen()).isFalse();
    }
}
