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

    private final AtomicLong now = new AtomicLong();
    private final ToldNames told = new ToldNames(now::get);

    @Test
    void onlyWhatWasToldIsBelieved() {
        told.tell("db.internal", List.of(FIRST, SECOND), Duration.ZERO);
        assertThat(told.wasTold("db.internal", FIRST)).isTrue();
        assertThat(told.wasTold("db.internal", SECOND)).isTrue();
        assertThat(told.wasTold("other.internal", FIRST)).isFalse();
        assertThat(told.wasTold("db.internal", InetAddress.ofLiteral("192.0.2.2")))
                .isFalse();
    }

    @Test
    void itLastsForTheTimeToLiveAndAMinuteAtLeast() {
        told.tell("short.internal", List.of(FIRST), Duration.ofSeconds(5));
        told.tell("long.internal", List.of(FIRST), Duration.ofHours(1));
        now.addAndGet(Duration.ofSeconds(59).toNanos());
        assertThat(told.wasTold("short.internal", FIRST)).isTrue();
        now.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(told.wasTold("short.internal", FIRST)).isFalse();
        assertThat(told.wasTold("long.internal", FIRST)).isTrue();
        now.addAndGet(Duration.ofHours(1).toNanos());
        assertThat(told.wasTold("long.internal", FIRST)).isFalse();
    }

    @Test
    void theOldestGoFirst() {
        told.tell("first.internal", List.of(FIRST), Duration.ZERO);
        told.tell("second.internal", List.of(FIRST), Duration.ZERO);
        told.tell("first.internal", List.of(FIRST), Duration.ZERO);
        for (int i = 0; i < 65_535; i++) {
            told.tell("name-" + i, List.of(FIRST), Duration.ZERO);
        }
        assertThat(told.wasTold("second.internal", FIRST)).isFalse();
        assertThat(told.wasTold("first.internal", FIRST)).isTrue();
        assertThat(told.wasTold("name-65534", FIRST)).isTrue();
    }
}
