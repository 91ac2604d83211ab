package dev.tailnet.proxy.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LatelyToldTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final LatelyTold told = new LatelyTold();

    @Test
    void tellsOfANameOnceAMinute() {
        assertThat(told.isDue("a.example", 0)).isTrue();
        assertThat(told.isDue("b.example", SECOND)).isTrue();
        assertThat(told.isDue("a.example", 59 * SECOND)).isFalse();
        assertThat(told.isDue("a.example", 60 * SECOND)).isTrue();
        assertThat(told.isDue("a.example", 61 * SECOND)).isFalse();
    }

    @Test
    void forgetsTheOldestOfMany() {
        for (int i = 0; i < 257; i++) {
            assertThat(told.isDue(i + ".example", i)).isTrue();
        }
        assertThat(told.isDue("256.example", 300)).isFalse();
        assertThat(told.isDue("0.example", 300)).isTrue();
    }
}
