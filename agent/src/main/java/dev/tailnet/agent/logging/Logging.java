package dev.tailnet.agent.logging;

import dev.tailnet.agent.config.LogFormat;
import dev.tailnet.agent.config.LogLevel;
import java.util.Locale;
import java.util.Map;
import org.tinylog.configuration.Configuration;

/** Sets up the log of this process. */
public final class Logging {
    private Logging() {}

    /**
     * Sets level and format. Has to come before anything is logged: the backend takes its configuration with the first
     * event and keeps it.
     *
     * @param environment tells whether stderr goes to the journal
     */
    public static void configure(LogLevel level, LogFormat format, Map<String, String> environment) {
        var form = format == LogFormat.TEXT && Journal.isStderr(environment) ? StderrWriter.JOURNAL : name(format);
        Configuration.set("level", name(level));
        Configuration.set("level@io.netty", name(nettyLevel(level)));
        Configuration.set("writer", "stderr");
        Configuration.set("writer." + StderrWriter.FORM, form);
        Configuration.set("autoshutdown", "false");
    }

    /** Netty's own lines drown ours, and its warnings are of no use to operators: it takes more to see them. */
    private static LogLevel nettyLevel(LogLevel level) {
        return switch (level) {
            case ERROR, WARN, INFO -> LogLevel.ERROR;
            case DEBUG -> LogLevel.INFO;
            case TRACE -> LogLevel.DEBUG;
        };
    }

    private static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
