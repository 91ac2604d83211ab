package dev.tailnet.agent.logging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.config.LogLevel;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

class LoggingTest {
    private final Logger ours = LoggerFactory.getLogger(LoggingTest.class);
    private final Logger nettys = LoggerFactory.getLogger("io.netty.channel.Channel");

    @AfterEach
    void backToTheDefault() {
        Logging.level(LogLevel.INFO);
    }

    @Test
    void theLevelChangesWhileLoggersExist() {
        assertThat(ours.isInfoEnabled()).isTrue();
        assertThat(ours.isDebugEnabled()).isFalse();
        Logging.level(LogLevel.DEBUG);
        assertThat(ours.isDebugEnabled()).isTrue();
        assertThat(ours.isTraceEnabled()).isFalse();
        Logging.level(LogLevel.ERROR);
        assertThat(ours.isWarnEnabled()).isFalse();
        assertThat(ours.isErrorEnabled()).isTrue();
    }

    @Test
    void itTakesMoreToSeeNettysLines() {
        assertThat(nettys.isWarnEnabled()).isFalse();
        Logging.level(LogLevel.TRACE);
        assertThat(nettys.isDebugEnabled()).isTrue();
        assertThat(nettys.isTraceEnabled()).isFalse();
    }

    @Test
    void anEventIsOneLine() {
        var out = new ByteArrayOutputStream();
        new LineWriter(LineFormat.JOURNAL, out).write(Instant.EPOCH, Level.WARN, "x.Y", "a\nb", null);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("<4>a\\nb\n");
    }
}
