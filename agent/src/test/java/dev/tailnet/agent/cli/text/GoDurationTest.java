package dev.tailnet.agent.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {

    @ParameterizedTest
    @CsvSource({"0,0", "10s,10000", "1.5s,1500", "1m30s,90000", "250ms,250", "1h,3600000", ".5m,30000"})
    void readsAsGo(String text, long millis) {
        assertThat(GoDuration.parse(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "-1s", "1d", "s", "1 s", "9999999999h"})
    void refusesTheRest(String text) {
        assertThatThrownBy(() -> GoDuration.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"0,0s", "3,3ms", "1234,1.234s", "20000,20s", "60000,1m0s", "3723500,1h2m3.5s", "3600000,1h0m0s"})
    void printsAsGo(long millis, String text) {
        assertThat(GoDuration.print(Duration.ofMillis(millis))).isEqualTo(text);
    }

    @Test
    void roundsToMilliseconds() {
        assertThat(GoDuration.print(Duration.ofNanos(1_600_000))).isEqualTo("2ms");
    }
}
