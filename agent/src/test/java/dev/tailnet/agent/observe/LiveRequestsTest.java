package dev.tailnet.agent.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.request.FailureReason;
import org.junit.jupiter.api.Test;

class LiveRequestsTest {
    private final LiveRequests requests = new LiveRequests(() -> 17);

    @Test
    void holdsWhatIsEstablishedUntilItIsClosed() {
        requests.decided(Decisions.established(1, "a.test"));
        requests.decided(Decisions.established(2, "b.test"));
        requests.closed(Decisions.closed(1, "a.test"));

        assertThat(requests.all()).singleElement().satisfies(open -> {
            assertThat(open.request().target()).hasToString("b.test:443");
            assertThat(open.since()).isEqualTo(17);
        });
    }

    @Test
    void doesNotHoldWhatFailed() {
        requests.decided(Decisions.failed(1, "a.test", FailureReason.TIMEOUT, "too late"));

        assertThat(requests.all()).isEmpty();
    }
}
