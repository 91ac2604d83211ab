package dev.tailnet.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.FailureReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpAnswerTest {

    @ParameterizedTest
    @CsvSource({
        "BAD_TARGET, 400, http_request_error",
        "NOT_ALLOWED, 403, http_request_denied",
        "DENIED_BY_PEER, 502, destination_ip_prohibited",
        "CONNECTION_REFUSED, 502, connection_refused",
        "HOST_UNREACHABLE, 502, destination_unavailable",
        "NETWORK_UNREACHABLE, 502, destination_ip_unroutable",
        "TIMEOUT, 504, connection_timeout",
        "NAME_NOT_FOUND, 502, dns_error",
        "RESOLUTION_FAILED, 502, dns_error",
        "RESOLUTION_TIMEOUT, 504, dns_timeout",
        "NOT_ON_TAILNET, 502, destination_ip_unroutable",
        "NODE_NOT_READY, 503, proxy_configuration_error",
        "CANCELLED, 503, proxy_internal_error",
        "RESOURCES, 503, proxy_internal_error",
        "INTERNAL, 500, proxy_internal_error"
    })
    void eachFailureHasItsStatusAndErrorType(FailureReason reason, int status, String error) {
        HttpAnswer answer = HttpAnswer.of(new ConnectFailure(reason, "words"));
        assertThat(answer.status().code()).isEqualTo(status);
        assertThat(answer.error()).isEqualTo(error);
    }

    @Test
    void wordsOfOthersCannotBreakOutOfTheirField() {
        var failure = new ConnectFailure(FailureReason.INTERNAL, "a \"b\" \\ c\r\nX-Evil: 1 ü");
        ByteBuf encoded = HttpAnswer.of(failure).encode(UnpooledByteBufAllocator.DEFAULT);
        String answer = encoded.toString(StandardCharsets.UTF_8);
        encoded.release();
        assertThat(answer)
                .contains("details=\"a \\\"b\\\" \\\\ c  X-Evil: 1 ?\"\r\n")
                .doesNotContain("\nX-Evil")
                .endsWith("tailnet-agent: a \"b\" \\ c  X-Evil: 1 ü\n");
    }
}
