package dev.tailnet.proxy.socks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.request.FailureReason;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SocksReplyCodeTest {

    @ParameterizedTest
    @CsvSource({
        "BAD_TARGET, 1",
        "NOT_ALLOWED, 2",
        "CONNECTION_REFUSED, 5",
        "HOST_UNREACHABLE, 4",
        "NETWORK_UNREACHABLE, 3",
        "TIMEOUT, 6",
        "NAME_NOT_FOUND, 4",
        "RESOLUTION_FAILED, 4",
        "RESOLUTION_TIMEOUT, 6",
        "NOT_ON_TAILNET, 4",
        "NODE_NOT_READY, 3",
        "CANCELLED, 1",
        "RESOURCES, 1",
        "INTERNAL, 1"
    })
    void eachFailureHasItsCode(FailureReason reason, int code) {
        assertThat(SocksReplyCode.of(reason).code()).isEqualTo(code);
    }

    @Test
    void noFailureLooksLikeSuccess() {
        assertThat(Arrays.stream(FailureReason.values()).map(SocksReplyCode::of))
                .doesNotContain(SocksReplyCode.SUCCEEDED);
    }
}
