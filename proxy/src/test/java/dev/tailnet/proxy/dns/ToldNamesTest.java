package dev.tailnet.proxy.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ToldNamesTest {
    private static final InetAddress FIRST = InetAddress.ofLiteral("192.0.2.1");
    private static final InetAddress SECOND = InetAddress.ofLiteral("2001:db8::1");

    private static final List<String> NAMES = List.of("db.internal.tailnet.test");

    private final AtomicLong now = new AtomicLong();
    private final ToldNames told = new ToldNames(now::get);

    @Test
    void onlyWhatWasToldIsBelieved() {
        told.tell("db.internal", List.of(FIRST, SECOND), NAMES, Duration.ZERO);
        assertThat(told.alsoCalled("db.internal", FIRST)).isEqualTo(NAMES);
        assertThat(told.alsoCalled("db.internal", SECOND)).isEqualTo(NAMES);
        assertThat(told.alsoCalled("other.internal", FIRST)).isNull();
        assertThat(told.alsoCalled("db.internal", InetAddress.ofLiteral("192.0.2.2")))
                .isNull();
    }

    @Test
    void itLastsForTheTimeToLiveAndAMinuteAtLeast() {
        told.tell("short.internal", List.of(FIRST), NAMES, Duration.ofSeconds(5));
        told.tell("long.internal", List.of(FIRST), NAMES, Duration.ofHours(1));
        now.addAndGet(Duration.ofSeconds(59).toNanos());
        assertThat(told.alsoCalled("short.internal", FIRST)).isEqualTo(NAMES);
        now.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(told.alsoCalled("short.internal", FIRST)).isNull();
        assertThat(told.alsoCalled("long.internal", FIRST)).isEqualTo(NAMES);
        now.addAndGet(Duration.ofHours(1).toNanos());
        assertThat(told.alsoCalled("long.internal", FIRST)).isNull();
    }

    @Test
    void theOldestGoFirst() {
        told.tell("first.internal", List.of(FIRST), NAMES, Duration.ZERO);
        told.tell("second.internal", List.of(FIRST), NAMES, Duration.ZERO);
        told.tell("first.internal", List.of(FIRST), NAMES, Duration.ZERO);
        for (int i = 0; i < 65_535; i++) {
            told.tell("name-" + i, List.of(FIRST), NAMES, Duration.ZERO);
        }
        assertThat(told.alsoCalled("second.internal", FIRST)).isNull();
        assertThat(told.alsoCalled("first.internal", FIRST)).isEqualTo(NAMES);
        assertThat(told.alsoCalled("name-65534", FIRST)).isEqualTo(NAMES);
    }
}
