package dev.tailnet.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.connection.Draining;
import dev.tailnet.proxy.connection.HandshakeTimeout;
import dev.tailnet.proxy.connection.Rejection;
import dev.tailnet.proxy.testing.TestChannel;
import dev.tailnet.proxy.testing.TestUsers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class HttpAuthenticationTest {
    private final TestUsers users = new TestUsers();
    private TestChannel channel = open();

    private TestChannel open() {
        var opened = new TestChannel();
        Fronts.install(opened, users);
        return opened;
    }

    @AfterEach
    void finish() {
        channel.finishAndReleaseAll();
    }

    private static String connect(String fields) {
        return "CONNECT db.internal:5432 HTTP/1.1\r\nHost: db.internal:5432\r\n" + fields + "\r\n";
    }

    private static String basic(String pair) {
        return "Proxy-Authorization: Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8))
                + "\r\n";
    }

    @Test
    void theRightPasswordLetsTheUserIn() {
        channel.receive(connect(basic("ci:secret")));
        assertThat(channel.requests())
                .singleElement()
                .satisfies(request -> assertThat(request.role()).isEqualTo("ci"));
        assertThat(channel.sent()).isEmpty();
    }

    @Test
    void withoutCredentialsThereIsAChallengeAndAnotherTry() {
        channel.receive(connect(""));
        String answer = channel.sentText();
        assertThat(answer)
                .startsWith("HTTP/1.1 407 Proxy Authentication Required\r\n")
                .contains("\r\nProxy-Authenticate: Basic realm=\"tailnet-agent\"")
                .contains("\r\nProxy-Status: tailnet-agent; error=http_request_denied")
                .doesNotContain("Connection: close")
                .endsWith("tailnet-agent: a user name and password are asked for\n");
        assertThat(channel.isOpen()).isTrue();
        channel.receive(connect(basic("ci:secret")));
        assertThat(channel.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Basic",
                "Basic ",
                "Basic !!!",
                "Basic Y2k=",
                "Basic Y2k6d3Jvbmc=",
                "Digest username=\"ci\"",
                "Bearer secret",
                "Basic /////w==",
                "Basic Y2k6c2VjcmV0\r\nProxy-Authorization: Basic Y2k6c2VjcmV0"
            })
    void anyOtherIsAskedAgain(String field) {
        channel.receive(connect("Proxy-Authorization: " + field + "\r\n"));
        assertThat(channel.sentText()).startsWith("HTTP/1.1 407 ");
        assertThat(channel.requests()).isEmpty();
        assertThat(channel.isOpen()).isTrue();
        assertThat(channel.counts().rejected(Rejection.AUTHENTICATION)).isEqualTo(1);
    }

    @Test
    void theSchemeIsReadInAnyCase() {
        channel.receive(connect("proxy-authorization: bAsIc   Y2k6c2VjcmV0\r\n"));
        assertThat(channel.requests()).hasSize(1);
    }

    @Test
    void aPasswordIsNotCutAtAColon() {
        channel.receive(connect(basic("ci:secret:")));
        assertThat(channel.sentText()).startsWith("HTTP/1.1 407 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CONNECT a:1 HTTP/1.0\r\n\r\n",
                "CONNECT a:1 HTTP/1.1\r\nConnection: close\r\n\r\n",
                "POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
                "HEAD http://a/ HTTP/1.1\r\nHost: a\r\n\r\n"
            })
    void whereNoOtherRequestCanFollowTheConnectionEnds(String request) {
        channel.receive(request);
        assertThat(channel.sentText()).startsWith("HTTP/1.1 407 ").contains("\r\nConnection: close\r\n");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void afterSomeTriesItIsOver() {
        for (int i = 0; i < 4; i++) {
            channel.receive(connect(basic("ci:" + i)));
            assertThat(channel.isOpen()).isTrue();
        }
        channel.receive(connect(basic("ci:5")));
        assertThat(channel.isOpen()).isFalse();
        assertThat(channel.requests()).isEmpty();
    }

    @Test
    void waitingForAnotherTryEndsQuietly() {
        channel.receive(connect(""));
        channel.sent();
        channel.pipeline().fireUserEventTriggered(HandshakeTimeout.INSTANCE);
        assertThat(channel.sent()).isEmpty();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aDrainEndsTheWaitForAnotherTry() {
        channel.receive(connect(""));
        channel.pipeline().fireUserEventTriggered(Draining.INSTANCE);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void whatComesWhileThePasswordIsCheckedIsTheTunnels() throws Exception {
        channel.receive(connect(basic("slow:x")) + "\u0016\u0003\u0001 not HTTP");
        assertThat(channel.config().isAutoRead()).isFalse();
        assertThat(channel.requests()).isEmpty();
        users.nextSlow().setSuccess(Optional.of("slow"));
        channel.runPendingTasks();
        assertThat(channel.requests())
                .singleElement()
                .satisfies(request -> assertThat(request.role()).isEqualTo("slow"));
        assertThat(channel.sentText()).as("nothing was taken for a request").isEmpty();
    }

    @Test
    void aWrongPasswordThatWasCheckedSlowlyIsAskedAgain() throws Exception {
        channel.receive(connect(basic("slow:x")) + connect(basic("ci:secret")));
        users.nextSlow().setSuccess(Optional.empty());
        channel.runPendingTasks();
        assertThat(channel.sentText()).startsWith("HTTP/1.1 407 ");
        assertThat(channel.requests())
                .singleElement()
                .satisfies(request -> assertThat(request.role()).isEqualTo("ci"));
    }

    @Test
    void aClientThatLeavesMeanwhileEndsTheCheck() throws Exception {
        channel.receive(connect(basic("slow:x")));
        var check = users.nextSlow();
        channel.close();
        assertThat(check.isCancelled()).isTrue();
    }

    @Test
    void aRequestThatIsNoneIsToldSoWithoutAPassword() {
        channel.receive("hello\r\n\r\n");
        assertThat(channel.sentText()).startsWith("HTTP/1.1 400 ");
    }
}
