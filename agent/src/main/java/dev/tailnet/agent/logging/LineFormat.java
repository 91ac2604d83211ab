package dev.tailnet.agent.logging;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/** How an event becomes a line. What came from outside cannot make a second line or move the cursor. */
enum LineFormat {
    /** {@code 2026-01-02T03:04:05.678Z info  message}. */
    TEXT {
        @Override
        String line(Instant time, Level level, String logger, String message, @Nullable Throwable error) {
            return TIME.format(time) + " " + padded(name(level)) + " " + withError(level, message, error);
        }
    },
    /** {@code <6>message}. */
    JOURNAL {
        @Override
        String line(Instant time, Level level, String logger, String message, @Nullable Throwable error) {
            return "<" + priority(level) + ">" + withError(level, message, error);
        }
    },
    /** An object with time, level, logger, message and perhaps error. */
    JSON {
        @Override
        String line(Instant time, Level level, String logger, String message, @Nullable Throwable error) {
            var line = new StringBuilder(message.length() + 128).append("{\"time\":\"");
            TIME.formatTo(time, line);
            line.append("\",\"level\":\"").append(name(level)).append("\",\"logger\":");
            quote(line, logger);
            line.append(",\"message\":");
            quote(line, message);
            if (error != null) {
                line.append(",\"error\":");
                quote(line, Throwables.inOneLine(error, true));
            }
            return line.append('}').toString();
        }
    },
    /** {@code <6>} and the object, which is all that the journal keeps of the line. */
    JOURNAL_JSON {
        @Override
        String line(Instant time, Level level, String logger, String message, @Nullable Throwable error) {
            return "<" + priority(level) + ">" + JSON.line(time, level, logger, message, error);
        }
    };

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    /** Returns the line without its end. */
    abstract String line(Instant time, Level level, String logger, String message, @Nullable Throwable error);

    static String name(Level level) {
        return level.name().toLowerCase(Locale.ROOT);
    }

    /** The numbers of syslog. */
    private static int priority(Level level) {
        return switch (level) {
            case ERROR -> 3;
            case WARN -> 4;
            case INFO -> 6;
            case DEBUG, TRACE -> 7;
        };
    }

    private static String padded(String level) {
        return level.length() < 5 ? level + " " : level;
    }

    /** A message and its error in one line. */
    static String withError(Level level, String message, @Nullable Throwable error) {
        var isUnexpected = level == Level.ERROR || level == Level.DEBUG || level == Level.TRACE;
        var text = error == null ? message : message + ": " + Throwables.inOneLine(error, isUnexpected);
        var line = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            escape(line, text.charAt(i));
        }
        return line.toString();
    }

    private static void quote(StringBuilder line, String text) {
        line.append('"');
        for (int i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            if (c == '"' || c == '\\') {
                line.append('\\').append(c);
            } else {
                escape(line, c);
            }
        }
        line.append('"');
    }

    private static void escape(StringBuilder line, char c) {
        switch (c) {
            case '\n' -> line.append("\\n");
            case '\r' -> line.append("\\r");
            case '\t' -> line.append("\\t");
            default -> {
                if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
                    line.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                } else {
                    line.append(c);
                }
            }
        }
    }
}
