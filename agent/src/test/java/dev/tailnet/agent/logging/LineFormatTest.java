package dev.tailnet.agent.logging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.config.LogFormat;
import dev.tailnet.agent.config.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;
import tools.jackson.databind.json.JsonMapper;

class LineFormatTest {
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678912Z");

    @Test
    void textHasTimeLevelAndMessage() {
        assertThat(LineFormat.TEXT.line(TIME, Level.INFO, "x.Y", "listening", null))
                .isEqualTo("2026-01-02T03:04:05.678Z info  listening");
        assertThat(LineFormat.TEXT.line(TIME, Level.ERROR, "x.Y", "no", null))
                .isEqualTo("2026-01-02T03:04:05.678Z error no");
    }

    @Test
    void theJournalGetsAPriorityAndNoTime() {
        assertThat(LineFormat.JOURNAL.line(TIME, Level.WARN, "x.Y", "careful", null))
                .isEqualTo("<4>careful");
        assertThat(LineFormat.JOURNAL.line(TIME, Level.TRACE, "x.Y", "detail", null))
                .isEqualTo("<7>detail");
    }

    @Test
    void anObjectForTheJournalHasThePriorityBeforeIt() {
        var line = Logging.lineFormat(LogFormat.JSON, true).line(TIME, Level.ERROR, "x.Y", "no", null);
        assertThat(line).startsWith("<3>{\"time\":").endsWith("\"message\":\"no\"}");
        assertThat(Logging.lineFormat(LogFormat.JSON, false)).isEqualTo(LineFormat.JSON);
        assertThat(Logging.lineFormat(LogFormat.TEXT, true)).isEqualTo(LineFormat.JOURNAL);
        assertThat(Logging.lineFormat(LogFormat.TEXT, false)).isEqualTo(LineFormat.TEXT);
    }

    @Test
    void nothingMakesASecondLine() {
        var message = "a\nb\r\u001b[31m\u0085\u2028c\t\"\\";
        var text = LineFormat.TEXT.line(TIME, Level.INFO, "x.Y", message, new IllegalStateException("d\ne"));
        assertThat(text).doesNotContainPattern("[\\n\\r\u001b\u0085\u2028]").contains("d\\ne");
        var json = LineFormat.JSON.line(TIME, Level.INFO, "x.Y", message, null);
        assertThat(json).doesNotContainPattern("[\\n\\r\u001b\u0085\u2028]");
        assertThat(new JsonMapper().readTree(json).get("message").asString()).isEqualTo(message);
    }

    @Test
    void jsonHasAllFields() {
        var error = new IllegalStateException("outer", new IllegalArgumentException("inner"));
        var line = new JsonMapper().readTree(LineFormat.JSON.line(TIME, Level.WARN, "x.Y", "m", error));
        assertThat(line.get("time").asString()).isEqualTo("2026-01-02T03:04:05.678Z");
        assertThat(line.get("level").asString()).isEqualTo("warn");
        assertThat(line.get("logger").asString()).isEqualTo("x.Y");
        assertThat(line.get("message").asString()).isEqualTo("m");
        assertThat(line.get("error").asString())
                .contains("outer", "; caused by java.lang.IllegalArgumentException: inner", "LineFormatTest.jsonHas");
    }

    @Test
    void framesAreShownForTheUnexpectedOnly() {
        var error = new IllegalStateException("why");
        assertThat(LineFormat.TEXT.line(TIME, Level.WARN, "x.Y", "m", error))
                .endsWith("m: java.lang.IllegalStateException: why");
        assertThat(LineFormat.TEXT.line(TIME, Level.ERROR, "x.Y", "m", error)).contains("LineFormatTest.frames");
    }

    @Test
    void aSecretInAMessageIsMasked() {
        var message = org.slf4j.helpers.MessageFormatter.format("key {}", Secret.of("tskey-1"))
                .getMessage();
        assertThat(message).isEqualTo("key ********");
    }

    @Test
    void theJournalIsKnownByDeviceAndInode() throws Exception {
        var stderr = Files.readAttributes(Path.of("/proc/self/fd/2"), "unix:dev,ino");
        var stream = stderr.get("dev") + ":" + stderr.get("ino");
        assertThat(Journal.isStderr(Map.of("JOURNAL_STREAM", stream))).isTrue();
        assertThat(Journal.isStderr(Map.of("JOURNAL_STREAM", "1:2"))).isFalse();
        assertThat(Journal.isStderr(Map.of())).isFalse();
    }
}
