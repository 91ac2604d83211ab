package dev.tailnet.agent.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which lines of the audit are wanted.
 *
 * @param denied only requests that the policy or a limit refused, or would have
 * @param since nothing from before this
 * @param host a name or an address; {@code .example.com} and {@code *.example.com} for all below it; empty for all
 */
record AuditFilter(boolean denied, Instant since, String host) {
    private static final Pattern AGO = Pattern.compile("(\\d{1,6})(s|m|h|d)");

    AuditFilter {
        host = host.toLowerCase(Locale.ROOT);
    }

    /**
     * Reads {@code 10m}, {@code 2h}, {@code 7d} before now, or a time such as {@code 2026-01-02T15:04:05Z}.
     *
     * @throws IllegalArgumentException whose message says what is right
     */
    static Instant since(String text, Instant now) {
        if (text.isEmpty()) {
            return Instant.MIN;
        }
        Matcher ago = AGO.matcher(text);
        if (ago.matches()) {
            long number = Long.parseLong(ago.group(1));
            return now.minus(
                    switch (ago.group(2)) {
                        case "s" -> Duration.ofSeconds(number);
                        case "m" -> Duration.ofMinutes(number);
                        case "h" -> Duration.ofHours(number);
                        default -> Duration.ofDays(number);
                    });
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "'" + text
                            + "' is neither a time before now (30s, 10m, 2h, 7d) nor one such as 2026-01-02T15:04:05Z",
                    e);
        }
    }

    boolean wants(Json line) {
        return (!denied || isDenied(line)) && (host.isEmpty() || isHost(line)) && !isBefore(line);
    }

    private static boolean isDenied(Json line) {
        return line.text("decision").filter("deny"::equals).isPresent()
                || line.text("wouldDeny").isPresent();
    }

    private boolean isHost(Json line) {
        String suffix = host.startsWith("*.") ? host.substring(1) : host;
        return Stream.concat(
                        Stream.of("host", "name", "address").flatMap(key -> line.text(key).stream()),
                        line.texts("addresses").stream())
                .map(value -> value.toLowerCase(Locale.ROOT))
                .anyMatch(value -> suffix.startsWith(".") ? value.endsWith(suffix) : value.equals(suffix));
    }

    private boolean isBefore(Json line) {
        if (since.equals(Instant.MIN)) {
            return false;
        }
        try {
            return line.text("time").map(Instant::parse).filter(since::isAfter).isPresent();
        } catch (DateTimeException e) {
            return false;
        }
    }
}
