package dev.tailnet.agent.cli.text;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Pattern;

/** Durations as Go's {@code time.Duration} reads and prints them: {@code 1h2m3.5s}, {@code 250ms}. */
public final class GoDuration {
    private static final Pattern WHOLE = Pattern.compile("([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(ns|us|µs|ms|s|m|h)");
    private static final Pattern ALL = Pattern.compile("(" + WHOLE.pattern() + ")+");
    private static final int LONGEST_TEXT = 40;

    private GoDuration() {}

    /** @throws IllegalArgumentException whose message says what is wrong and what is right */
    public static Duration parse(String text) {
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        if (text.length() > LONGEST_TEXT || !ALL.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a duration: write 500ms, 10s, 1m30s or 1h");
        }
        try {
            return WHOLE.matcher(text)
                    .results()
                    .map(part -> new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(nanos(part.group(3)))))
                    .map(nanos -> Duration.ofNanos(nanos.toBigInteger().longValueExact()))
                    .reduce(Duration.ZERO, Duration::plus);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("'" + text + "' is too long a duration", e);
        }
    }

    private static long nanos(String unit) {
        return switch (unit) {
            case "ns" -> 1;
            case "us", "µs" -> 1_000;
            case "ms" -> 1_000_000;
            case "s" -> 1_000_000_000;
            case "m" -> 60_000_000_000L;
            default -> 3_600_000_000_000L;
        };
    }

    /** Prints a duration, rounded to milliseconds. */
    public static String print(Duration duration) {
        var millis = duration.plusNanos(500_000).toMillis();
        if (millis < 1000) {
            return millis == 0 ? "0s" : millis + "ms";
        }
        var text = new StringBuilder();
        if (millis >= 3_600_000) {
            text.append(millis / 3_600_000).append('h');
        }
        if (millis >= 60_000) {
            text.append(millis / 60_000 % 60).append('m');
        }
        return text.append(BigDecimal.valueOf(millis % 60_000, 3)
                        .stripTrailingZeros()
                        .toPlainString())
                .append('s')
                .toString();
    }
}
