package dev.tailnet.proxy.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AtMostOncePerMinuteTest {

    @Test
    void isDueAtFirstAndThenAMinuteLater() {
        var line = new AtMostOncePerMinute();
        long start = Long.MAX_VALUE - 5; // nanoTime may overflow
        assertThat(line.isDue(start)).isTrue();
        assertThat(line.isDue(start)).isFalse();
        assertThat(line.isDue(start + TimeUnit.SECONDS.toNanos(59))).isFalse();
        assertThat(line.isDue(start + TimeUnit.SECONDS.toNanos(60))).isTrue();
        assertThat(line.isDue(start + TimeUnit.SECONDS.toNanos(61))).isFalse();
    }
}
