package dev.tailnet.agent.logging;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** One source of events. */
final class StderrLogger extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1L;
    private static final String NETTY = "io.netty.";

    private final boolean isNetty;

    StderrLogger(String name) {
        this.name = name;
        this.isNetty = name.startsWith(NETTY);
    }

    private boolean isEnabled(Level level) {
        Thresholds thresholds = Logging.thresholds();
        return level.toInt() >= (isNetty ? thresholds.netty() : thresholds.ours()).toInt();
    }

    @Override
    public boolean isTraceEnabled() {
        return isEnabled(Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
        return isEnabled(Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
        return isEnabled(Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
        return isEnabled(Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
        return isEnabled(Level.ERROR);
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level,
            @Nullable Marker marker,
            @Nullable String pattern,
            Object @Nullable [] arguments,
            @Nullable Throwable error) {
        String formatted = MessageFormatter.basicArrayFormat(pattern, arguments);
        String message = formatted == null ? "" : formatted;
        Instant now = Instant.now();
        Logging.writer().write(now, level, name, message, error);
        Logging.recent().add(now, level, name, LineFormat.withError(level, message, error));
    }
}
