package dev.tailnet.agent.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.request.FailureReason;
import java.time.Clock;
import org.junit.jupiter.api.Test;

class RefusedRequestsTest {
    private final RefusedRequests refused = new RefusedRequests(Clock.systemUTC());

    @Test
    void tellsWhatThePolicyRefusedFromWhatFailed() {
        refused.decided(Decisions.failed(1, "bad.test", FailureReason.NOT_ALLOWED, "no"));
        refused.decided(Decisions.failed(2, "slow.test", FailureReason.TIMEOUT, "too late"));
        refused.decided(Decisions.established(3, "good.test"));

        assertThat(refused.blocked().after(0).items())
                .singleElement()
                .satisfies(one -> assertThat(one.decision().request().id()).isEqualTo(1));
        assertThat(refused.failed().after(0).items())
                .singleElement()
                .satisfies(one -> assertThat(one.decision().request().id()).isEqualTo(2));
        assertThat(refused.topHosts(5)).containsExactly(new BlockedHost("bad.test", 1));
    }

    @Test
    void aClientThatLeavesHasFailedAtNothing() {
        refused.decided(Decisions.failed(1, "a.test", FailureReason.CANCELLED, "the client left"));

        assertThat(refused.failed().after(0).items()).isEmpty();
    }

    @Test
    void whatIsOnlyReportedIsBlockedAsItWouldBe() {
        refused.decided(Decisions.reported(1, "odd.test", "odd.test is on no list"));

        assertThat(refused.blocked().after(0).items()).hasSize(1);
        assertThat(refused.topHosts(5)).containsExactly(new BlockedHost("odd.test", 1));
    }

    @Test
    void aFloodIsForgottenButForTheLast() {
        for (int i = 0; i < 5000; i++) {
            refused.decided(Decisions.failed(i, "host-" + i + ".test", FailureReason.NOT_ALLOWED, "no"));
        }

        assertThat(refused.blocked().after(0).items())
                .hasSize(200)
                .last()
                .satisfies(last -> assertThat(last.decision().request().id()).isEqualTo(4999));
        assertThat(refused.topHosts(10_000)).hasSize(256);
    }
}
