package dev.tailnet.agent.logging;

import dev.tailnet.agent.config.LogFormat;
import dev.tailnet.agent.config.LogLevel;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.util.Map;

/** The settings of this process's log. */
public final class Logging {
    private static final FileOutputStream STDERR = new FileOutputStream(FileDescriptor.err);

    private static final RecentLog RECENT = new RecentLog();

    private static volatile Thresholds thresholds = Thresholds.of(LogLevel.INFO);
    private static volatile LineWriter writer = new LineWriter(LineFormat.TEXT, STDERR);

    private Logging() {}

    /**
     * Sets level and format; before, it is text from info on.
     *
     * @param environment tells whether stderr goes to the journal
     */
    public static void configure(LogLevel level, LogFormat format, Map<String, String> environment) {
        level(level);
        writer = new LineWriter(lineFormat(format, Journal.isStderr(environment)), STDERR);
    }

    static LineFormat lineFormat(LogFormat format, boolean isJournal) {
        return switch (format) {
            case TEXT -> isJournal ? LineFormat.JOURNAL : LineFormat.TEXT;
            case JSON -> isJournal ? LineFormat.JOURNAL_JSON : LineFormat.JSON;
        };
    }

    /** Sets the level, at any time. */
    public static void level(LogLevel level) {
        thresholds = Thresholds.of(level);
    }

    /** What was logged of late, at the level set. */
    public static RecentLog recent() {
        return RECENT;
    }

    static Thresholds thresholds() {
        return thresholds;
    }

    static LineWriter writer() {
        return writer;
    }
}
