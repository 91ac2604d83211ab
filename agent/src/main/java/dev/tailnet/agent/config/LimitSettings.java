package dev.tailnet.agent.config;

import java.time.Duration;
import java.util.function.Function;

/** Reads the limits. */
final class LimitSettings {
    private static final int MOST_CONNECTIONS = 1_000_000;
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);
    private static final Duration LONGEST_IDLE = Duration.ofDays(365);
    private static final int KIBI = 1024;
    private static final int SMALLEST_HEADER = KIBI;
    private static final int LARGEST_HEADER = KIBI * KIBI;

    private final SettingReader reader;

    LimitSettings(SettingReader reader) {
        this.reader = reader;
    }

    Limits read() {
        return new Limits(
                number(Setting.MAX_CONNECTIONS, 1, 10_000),
                number(Setting.MAX_CONNECTIONS_PER_CLIENT, 0, 0),
                duration(Setting.HANDSHAKE_TIMEOUT, LimitSettings::wait, Duration.ofSeconds(10)),
                duration(Setting.DIAL_TIMEOUT, LimitSettings::wait, Duration.ofSeconds(15)),
                duration(Setting.IDLE_TIMEOUT, text -> atMost(LONGEST_IDLE, "a year", text), Duration.ZERO),
                reader.one(Setting.MAX_HEADER_SIZE, LimitSettings::headerSize, 32 * KIBI, LimitSettings::printSize));
    }

    private int number(Setting setting, int least, int fallback) {
        return reader.one(setting, text -> Values.number(text, least, MOST_CONNECTIONS), fallback, String::valueOf);
    }

    private Duration duration(Setting setting, Function<String, Duration> parser, Duration fallback) {
        return reader.one(setting, parser, fallback, Values::print);
    }

    private static Duration wait(String text) {
        Duration wait = atMost(LONGEST_WAIT, "10m", text);
        if (wait.isZero()) {
            throw new IllegalArgumentException("'" + text + "' is no time at all");
        }
        return wait;
    }

    private static Duration atMost(Duration longest, String inWords, String text) {
        Duration duration = Values.duration(text);
        if (duration.compareTo(longest) > 0) {
            throw new IllegalArgumentException("'" + text + "' is longer than " + inWords);
        }
        return duration;
    }

    private static int headerSize(String text) {
        int size = Values.size(text);
        if (size < SMALLEST_HEADER || size > LARGEST_HEADER) {
            throw new IllegalArgumentException("'" + text + "' is not between 1k and 1m");
        }
        return size;
    }

    private static String printSize(int size) {
        return size % KIBI == 0 ? size / KIBI + "k" : String.valueOf(size);
    }
}
