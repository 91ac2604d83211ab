package dev.tailnet.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyExpiryTest {

    @ParameterizedTest
    @CsvSource(
            nullValues = "never",
            value = {
                "P8D,     never, P1D",
                "P7D,     P7D,   P6D",
                "P3D,     P7D,   P2D",
                "PT24H,   P1D,   PT23H",
                "PT2H,    P1D,   PT1H",
                "PT1H,    PT1H,  PT1H",
                "PT10M,   PT1H,  PT10M"
            })
    void noticesComeSevenDaysADayAndAnHourBefore(Duration left, Duration due, Duration untilNext) {
        assertThat(KeyExpiry.noticeFor(left)).isEqualTo(due);
        assertThat(KeyExpiry.untilNext(left)).isEqualTo(untilNext);
    }

    @Test
    void whatIsLeftIsSaidInOneUnit() {
        assertThat(KeyExpiry.words(Duration.ofDays(6).plusHours(3))).isEqualTo("6 days");
        assertThat(KeyExpiry.words(Duration.ofHours(47))).isEqualTo("47 hours");
        assertThat(KeyExpiry.words(Duration.ofMinutes(59))).isEqualTo("59 min");
        assertThat(KeyExpiry.words(Duration.ofSeconds(5))).isEqualTo("1 min");
    }
}
