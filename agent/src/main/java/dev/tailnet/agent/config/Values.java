package dev.tailnet.agent.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads one value from text. Each throws {@link IllegalArgumentException} whose message says what is wrong and what is right. */
final class Values {
    private static final Pattern TAG = Pattern.compile("tag:[A-Za-z][A-Za-z0-9-]*");
    private static final Pattern LABEL_OF_TAG = Pattern.compile("[A-Za-z][A-Za-z0-9-]*");
    private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?");
    private static final Pattern PEER = Pattern.compile("[A-Za-z0-9.-]{1,253}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
    private static final Pattern DURATION = Pattern.compile("([0-9]+(ms|s|m|h))+");
    private static final Pattern DURATION_PART = Pattern.compile("([0-9]+)(ms|s|m|h)");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,9})([km]?)");

    private static final Set<String> TRUE = Set.of("true", "1", "yes", "on", "t");
    private static final Set<String> FALSE = Set.of("false", "0", "no", "off", "f");

    private Values() {}

    static boolean bool(String text) {
        var value = text.toLowerCase(Locale.ROOT);
        if (TRUE.contains(value)) {
            return true;
        }
        if (FALSE.contains(value)) {
            return false;
        }
        throw new IllegalArgumentException("'" + text + "' is neither true nor false");
    }

    /** {@code 10s}, {@code 1m30s}, {@code 500ms}, {@code 0}. */
    static Duration duration(String text) {
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        if (text.length() > 30 || !DURATION.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a duration: write 500ms, 10s, 1m or 1h30m");
        }
        try {
            return DURATION_PART
                    .matcher(text)
                    .results()
                    .map(part -> unit(Long.parseLong(part.group(1)), part.group(2)))
                    .reduce(Duration.ZERO, Duration::plus);
        } catch (NumberFormatException | ArithmeticException e) {
            throw new IllegalArgumentException("'" + text + "' is too long a duration", e);
        }
    }

    private static Duration unit(long number, String unit) {
        return switch (unit) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }

    /** As {@link #duration} reads it. */
    static String print(Duration duration) {
        if (duration.isZero()) {
            return "0";
        }
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }

    static int number(String text, int least, int most) {
        if (NUMBER.matcher(text).matches()) {
            var number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw new IllegalArgumentException("'" + text + "' is not a number between " + least + " and " + most);
    }

    /** A number of bytes: {@code 32768}, {@code 32k}, {@code 1m}. */
    static int size(String text) {
        var size = SIZE.matcher(text.toLowerCase(Locale.ROOT));
        if (!size.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a size: write 32768, 32k or 1m");
        }
        try {
            return Math.multiplyExact(
                    Integer.parseInt(size.group(1)),
                    switch (size.group(2)) {
                        case "k" -> 1024;
                        case "m" -> 1024 * 1024;
                        default -> 1;
                    });
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("'" + text + "' is too large a size", e);
        }
    }

    static String hostname(String text) {
        if (!LABEL.matcher(text).matches()) {
            var fitting = fittingHostname(text);
            throw new IllegalArgumentException(
                    "'" + text + "' is not a host name: use 1 to 63 letters, digits and inner hyphens"
                            + (fitting.isEmpty() ? "" : ", such as " + fitting));
        }
        return text;
    }

    /** The nearest valid host name; empty when nothing is left of it. */
    static String fittingHostname(String text) {
        var label = text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
        return label.length() <= 63 ? label : label.substring(0, 63).replaceAll("-$", "");
    }

    /** A tag as {@code tailcfg.CheckTag} accepts it; {@code tag:} may be left out, as for {@code tailscale up}. */
    static String tag(String text) {
        if (LABEL_OF_TAG.matcher(text).matches()) {
            return "tag:" + text;
        }
        if (!TAG.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a tag: write tag:NAME, where NAME begins with a letter"
                            + " and has letters, digits and hyphens");
        }
        return text;
    }

    static URI loginServer(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("'" + text + "' is not a URL: " + e.getReason(), e);
        }
        var scheme = uri.getScheme();
        if (!"http".equals(scheme) && !"https".equals(scheme)) {
            throw new IllegalArgumentException("'" + text + "' does not begin with https:// or http://");
        }
        if (uri.getHost() == null) {
            throw new IllegalArgumentException("'" + text + "' names no host");
        }
        if (uri.getUserInfo() != null) {
            throw new IllegalArgumentException("a login server's URL holds no user or password");
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("'" + text + "' has a query or fragment: give the server's base URL");
        }
        return uri;
    }

    static Path path(String text) {
        try {
            return Path.of(text).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + text + "' is not a path: " + e.getReason(), e);
        }
    }

    /** A peer by MagicDNS name, short or full, or by address. */
    static String peer(String text) {
        if (!PEER.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + text + "' is neither a peer's name nor its address");
        }
        return text;
    }

    static <E extends Enum<E>> E constant(Class<E> type, String text) {
        return Stream.of(type.getEnumConstants())
                .filter(constant -> name(constant).equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + text + "' is none of "
                        + Stream.of(type.getEnumConstants()).map(Values::name).collect(Collectors.joining(", "))));
    }

    /** {@code EXIT_NODE} as {@code exit-node}. */
    static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
