package dev.tailnet.agent.logging;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tinylog.core.LogEntry;
import org.tinylog.core.LogEntryValue;
import org.tinylog.writers.Writer;

/** Writes each event to stderr, in one system call. Public because tinylog makes it. */
public final class StderrWriter implements Writer {
    static final String FORM = "form";
    static final String JOURNAL = "journal";

    private final LineFormat format;
    private final OutputStream stderr = new FileOutputStream(FileDescriptor.err);

    /** @param properties those of this writer in tinylog's configuration */
    public StderrWriter(Map<String, String> properties) {
        format = LineFormat.valueOf(properties.getOrDefault(FORM, "text").toUpperCase(Locale.ROOT));
    }

    @Override
    public Collection<LogEntryValue> getRequiredLogEntryValues() {
        var values =
                EnumSet.of(LogEntryValue.DATE, LogEntryValue.LEVEL, LogEntryValue.MESSAGE, LogEntryValue.EXCEPTION);
        if (format == LineFormat.JSON) {
            values.add(LogEntryValue.CLASS);
        }
        return values;
    }

    @Override
    public synchronized void write(LogEntry entry) throws IOException {
        var line = format.line(
                entry.getTimestamp().toInstant(),
                entry.getLevel(),
                orEmpty(entry.getClassName()),
                orEmpty(entry.getMessage()),
                entry.getException());
        stderr.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
