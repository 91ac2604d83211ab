package dev.tailnet.agent.logging;

import dev.tailnet.agent.config.LogLevel;
import org.slf4j.event.Level;

/**
 * The least severe levels that are logged.
 *
 * @param netty Netty's own lines drown ours, and its warnings are of no use to operators: it takes more to see them
 */
record Thresholds(Level ours, Level netty) {

    static Thresholds of(LogLevel level) {
        return switch (level) {
            case ERROR -> new Thresholds(Level.ERROR, Level.ERROR);
            case WARN -> new Thresholds(Level.WARN, Level.ERROR);
            case INFO -> new Thresholds(Level.INFO, Level.ERROR);
            case DEBUG -> new Thresholds(Level.DEBUG, Level.INFO);
            case TRACE -> new Thresholds(Level.TRACE, Level.DEBUG);
        };
    }
}
