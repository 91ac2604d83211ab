package dev.tailnet.proxy.socks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.request.FailureReason;
import io.netty.handler.codec.socksx.v5.Socks5CommandStatus;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SocksRepliesTest {

    @ParameterizedTest
    @CsvSource({
        "BAD_TARGET, 1",
        "NOT_ALLOWED, 2",
        "DENIED_BY_PEER, 2",
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
    void eachFailureHasItsStatus(FailureReason reason, int code) {
        assertThat(SocksReplies.statusOf(reason).byteValue()).isEqualTo((byte) code);
    }

    @Test
    void noFailureLooksLikeSuccess() {
        assertThat(Arrays.stream(FailureReason.values()).map(SocksReplies::statusOf))
                .noneMatch(Socks5CommandStatus::isSuccess);
    }
}
