package dev.tailnet.agent.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WatchdogIntervalTest {
    private static final long PID = 7;

    @Test
    void itIsHalfOfWhatTheManagerWaits() {
        var half = Duration.ofSeconds(15);
        assertThat(WatchdogInterval.of(Map.of("WATCHDOG_USEC", "30000000"), PID))
                .hasValue(half);
        assertThat(WatchdogInterval.of(Map.of("WATCHDOG_USEC", "30000000", "WATCHDOG_PID", "7"), PID))
                .hasValue(half);
    }

    @Test
    void thatOfAnotherProcessIsNotOurs() {
        assertThat(WatchdogInterval.of(Map.of("WATCHDOG_USEC", "30000000", "WATCHDOG_PID", "8"), PID))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-5", "soon", "99999999999999999999"})
    void withoutATimeThereIsNone(String microseconds) {
        assertThat(WatchdogInterval.of(Map.of("WATCHDOG_USEC", microseconds), PID))
                .isEmpty();
        assertThat(WatchdogInterval.of(Map.of(), PID)).isEmpty();
    }
}
