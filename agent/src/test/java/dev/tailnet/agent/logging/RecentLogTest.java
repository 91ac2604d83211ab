package dev.tailnet.agent.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

class RecentLogTest {
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678Z");

    private static void add(RecentLog log, String message) {
        log.add(TIME, Level.INFO, "x.Y", message);
    }

    @Test
    void theNewestLinesStay() {
        var log = new RecentLog(2);
        add(log, "a");
        add(log, "b");
        add(log, "c");
        assertThat(log.entries())
                .containsExactly(
                        new RecentLog.Entry(2, TIME, Level.INFO, "x.Y", "b"),
                        new RecentLog.Entry(3, TIME, Level.INFO, "x.Y", "c"));
        assertThat(log.entries().getFirst().text()).isEqualTo("2026-01-02T03:04:05.678Z info  b");
    }

    @Test
    void aLongLineIsCut() {
        var log = new RecentLog(2);
        add(log, "x".repeat(5000));
        assertThat(log.entries().getFirst().message()).hasSize(2003).endsWith("x...");
    }

    @Test
    void aFollowerHearsWhatComesUntilItLeaves() {
        var log = new RecentLog(2);
        List<String> heard = new ArrayList<>();
        add(log, "a");
        Runnable leave = log.follow(entry -> heard.add(entry.message()));
        add(log, "b");
        leave.run();
        add(log, "c");
        assertThat(heard).containsExactly("b");
    }

    @Test
    void whatIsLoggedIsHeldInOneLineWithItsError() {
        Logger logger = LoggerFactory.getLogger(RecentLogTest.class);
        logger.warn("first {}", "line\nsecond", new IllegalStateException("why"));
        logger.debug("below the level");
        var last = Logging.recent().entries().getLast();
        assertThat(last.level()).isEqualTo(Level.WARN);
        assertThat(last.logger()).isEqualTo(RecentLogTest.class.getName());
        assertThat(last.message()).isEqualTo("first line\\nsecond: java.lang.IllegalStateException: why");
    }
}
