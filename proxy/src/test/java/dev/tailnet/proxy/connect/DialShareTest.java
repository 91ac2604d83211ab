package dev.tailnet.proxy.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DialShareTest {

    @ParameterizedTest
    @CsvSource({"PT15S,1,PT15S", "PT15S,3,PT5S", "PT9S,9,PT2S", "PT1S,4,PT1S", "PT0S,1,PT0S", "PT-1S,2,PT-1S"})
    void dividesTheTime(Duration remaining, int addresses, Duration share) {
        assertThat(DialShare.of(remaining, addresses)).isEqualTo(share);
    }
}
